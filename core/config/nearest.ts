import { distance } from 'fastest-levenshtein';

/** Finds the allowed name that is most similar to the unknown name `key`; undefined if none is similar. */
export function nearest(key: string, allowed: string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const close = allowed.filter((name) => {
    const [a, b] = [plain(name), plain(key)];
    return a === b || a.startsWith(b) || b.startsWith(a) || distance(a, b) <= 2;
  });
  return close[0];
}
