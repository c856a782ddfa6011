import type { Clock } from '../../core/clock.ts';
import type { SearchEngine } from '../../core/components/search/engine.ts';
import { intercept } from '../../core/components/search/intercept.ts';
import type { Http } from '../../core/connect/http.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { within } from '../../core/within.ts';

/** Is called before every call that changes something. If it throws, the change is not sent. */
export type BeforeChange = () => void;

export function guardedHttp(http: Http, beforeChange: BeforeChange): Http {
  return async (request) => {
    if (request.method !== 'GET') beforeChange();
    return http(request);
  };
}

export function guardedSearch(engine: SearchEngine, beforeChange: BeforeChange): SearchEngine {
  return intercept(engine, async (call, ask) => {
    if (!call.startsWith('GET ')) beforeChange();
    return ask();
  });
}

export function guardedStore(store: Store, beforeChange: BeforeChange): Store {
  return {
    ...store,
    async create(key, text) {
      beforeChange();
      return store.create(key, text);
    },
    async write(key, text) {
      beforeChange();
      return store.write(key, text);
    },
    async replace(key, text, version) {
      beforeChange();
      return store.replace(key, text, version);
    },
    async remove(key) {
      beforeChange();
      return store.remove(key);
    },
  };
}

/** For each location of a document, the call that was given up and still has no answer. */
export type Hanging = Map<string, Promise<unknown>>;

/**
 * Limits each call to `seconds`, because a dead file server never answers and the way back must not wait for it. Lists
 * have no limit, because they take long in a ledger with many backups. While a call hangs (`hanging`), no other call is
 * sent to the same document: each would block a thread or a connection of this process.
 */
export function impatientStore(
  store: Store,
  seconds: number,
  clock: Clock,
  hanging: Hanging = new Map(),
): Store {
  const noAnswer = (what: string, since: string) =>
    new BackupError('LedgerError', `${what} gave no answer ${since}`, {
      remedy: 'Make sure that the home of the ledger can be reached.',
    });
  const answer = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    if (hanging.has(what)) throw noAnswer(what, 'yet to an earlier call');
    const working = work();
    try {
      return await within(seconds, () => working, { clock });
    } catch (error) {
      if (!isBackupError(error, 'Unreachable')) throw error;
      hanging.set(what, working);
      const over = () => {
        if (hanging.get(what) === working) hanging.delete(what);
      };
      working.then(over, over);
      throw noAnswer(what, `within ${seconds} s`);
    }
  };
  return {
    ...store,
    read: (key) => answer(store.location(key), () => store.read(key)),
    create: (key, text) => answer(store.location(key), () => store.create(key, text)),
    write: (key, text) => answer(store.location(key), () => store.write(key, text)),
    replace: (key, text, version) => answer(store.location(key), () => store.replace(key, text, version)),
    remove: (key) => answer(store.location(key), () => store.remove(key)),
    ageOf: (key) => answer(store.location(key), () => store.ageOf(key)),
  };
}
