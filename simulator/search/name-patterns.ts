/** Whether a name matches one of several names and wildcards. */
export function fits(patterns: string[], name: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '_all' || pattern === '*') return true;
    const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`).test(name);
  });
}

export const isWildcard = (pattern: string): boolean => pattern.includes('*') || pattern === '_all';

/** How the names and wildcards of a list that match nothing are taken. */
export interface Leniency {
  ignoreUnavailable: boolean;
  allowNoIndices: boolean;
}

/**
 * Chooses from names by a list of names and wildcards, in which `-name` excludes what it matches if a wildcard stands
 * before it. Wildcards only match names for which `expands` is true. In place of a choice it returns the first item that
 * matches nothing and must match.
 */
export function choose(
  patterns: string[],
  names: string[],
  { ignoreUnavailable, allowNoIndices }: Leniency,
  expands: (name: string) => boolean = () => true,
): { chosen: string[] } | { unmatched: string } {
  const chosen = new Set<string>();
  let wildcardSeen = false;
  for (const pattern of patterns) {
    const excludes = wildcardSeen && pattern.startsWith('-');
    const wanted = excludes ? pattern.slice(1) : pattern;
    const byWildcard = isWildcard(wanted);
    const matching = names.filter((name) => fits([wanted], name) && (!byWildcard || expands(name)));
    const isTolerated = byWildcard ? excludes || allowNoIndices : ignoreUnavailable;
    if (matching.length === 0 && !isTolerated) return { unmatched: wanted };
    for (const name of matching) excludes ? chosen.delete(name) : chosen.add(name);
    wildcardSeen ||= byWildcard;
  }
  return { chosen: names.filter((name) => chosen.has(name)) };
}
