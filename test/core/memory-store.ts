import { BackupError } from '../../core/errors.ts';
import { checkKey, checkPrefix } from '../../core/ledger/store/key.ts';
import type { Store } from '../../core/ledger/store/store.ts';

export interface MemoryStore extends Store {
  /** What is stored, by key. */
  documents: Map<string, string>;
  /** Every call that changed something, as `create production/lock.json`, in order. */
  changes: string[];
  /** Called before every call; throws in place of the store. */
  before: (call: string) => void;
  /** As if somebody else had written it since it was read. */
  touch: (key: string) => void;
  /** As if it had been written earlier. */
  makeOlder: (key: string, seconds: number) => void;
}

/** A Store in memory with a clock of its own, for tests; test/core/ledger/store/memory.test.ts holds it to the contract of the real ones. */
export function memoryStore(now: () => number = () => performance.now()): MemoryStore {
  const documents = new Map<string, string>();
  const versions = new Map<string, number>();
  const writtenAt = new Map<string, number>();
  const changes: string[] = [];
  let lastVersion = 0;
  const begin = async (verb: string, key: string) => {
    checkKey(key);
    await Promise.resolve();
    store.before(`${verb} ${key}`);
  };
  const put = (verb: string, key: string, text: string) => {
    documents.set(key, text);
    writtenAt.set(key, now());
    lastVersion += 1;
    versions.set(key, lastVersion);
    changes.push(`${verb} ${key}`);
  };
  const store: MemoryStore = {
    documents,
    changes,
    before: () => undefined,
    touch(key) {
      lastVersion += 1;
      versions.set(key, lastVersion);
    },
    makeOlder(key, seconds) {
      writtenAt.set(key, (writtenAt.get(key) ?? now()) - seconds * 1000);
    },
    async read(key) {
      await begin('read', key);
      const text = documents.get(key);
      return text === undefined ? undefined : { text, version: String(versions.get(key)) };
    },
    async create(key, text) {
      await begin('create', key);
      if (documents.has(key)) return false;
      put('create', key, text);
      return true;
    },
    async write(key, text) {
      await begin('write', key);
      put('write', key, text);
    },
    async replace(key, text, version) {
      await begin('replace', key);
      if (!documents.has(key) || String(versions.get(key)) !== version) return false;
      put('replace', key, text);
      return true;
    },
    async remove(key) {
      await begin('remove', key);
      if (documents.delete(key)) changes.push(`remove ${key}`);
    },
    async ageOf(key) {
      await begin('ageOf', key);
      return documents.has(key) ? (now() - (writtenAt.get(key) ?? now())) / 1000 : undefined;
    },
    async list(prefix) {
      checkPrefix(prefix);
      store.before(`list ${prefix}`);
      return [...documents.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async folders(folder, after = '') {
      checkPrefix(folder);
      store.before(`list ${folder}`);
      const names = [...documents.keys()]
        .filter((key) => key.startsWith(folder) && key.slice(folder.length).includes('/'))
        .map((key) => key.slice(folder.length).split('/')[0] ?? '')
        .filter((name) => `${name}/` > after);
      return [...new Set(names)].sort();
    },
    exists: async () => true,
    home: 'memory:',
    location(key) {
      checkKey(key);
      return `memory:${key}`;
    },
  };
  return store;
}

/** What a home that cannot be reached throws; for `before`. */
export function ledgerTrouble(call: string): never {
  throw new BackupError('LedgerError', `The ledger cannot be reached (${call})`);
}
