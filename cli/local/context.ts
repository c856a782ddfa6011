import { readFile as readText } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import type { SearchEngine } from '../../core/components/search/engine.ts';
import { intercept } from '../../core/components/search/intercept.ts';
import { searchOpener } from '../../core/components/search/opener.ts';
import type { Config, LedgerConfig } from '../../core/config/schema.ts';
import { openConnections } from '../../core/connect/connections.ts';
import type { Http } from '../../core/connect/http.ts';
import { type FetchSecret, secretReader } from '../../core/connect/secrets.ts';
import type { LastTls } from '../../core/connect/tls.ts';
import type { Context } from '../../core/context.ts';
import { BackupError } from '../../core/errors.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import { folderStore } from '../../core/ledger/store/folder.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { often } from '../../core/pacing.ts';
import { webhookSender } from '../../core/tell/webhook.ts';
import { guardedHttp, guardedSearch, guardedStore, type Hanging, impatientStore } from './guarded.ts';
import { type RunHeartbeat, withHeartbeat } from './heartbeat.ts';

/** The longest wait for an answer of the ledger. A call to S3 ends after 40 s, and the guard of a file after 30 s. */
const defaultLedgerPatienceSeconds = 60;

/** The hanging calls to files. All contexts share them, because they share the threads of this process. */
const hangingFiles: Hanging = new Map();

/** All contexts of a configuration share these, because the way back of a run begins with a context of its own. */
const lastTlsOf = new WeakMap<Config, LastTls>();

export interface LocalContext {
  context: Context;
  close(): Promise<void>;
}

export interface LocalOptions {
  /**
   * Cancels every wait for an answer, except to a pause or a resume: the run must know whether exporting is paused
   * before it ends.
   */
  interrupt?: AbortSignal;
  clock?: Clock;
  /** The environment variables, which contain the secrets that the configuration names. */
  env: NodeJS.ProcessEnv;
  warn: (text: string) => void;
  /** The heartbeat of the run. It is checked before every call that changes something. */
  heartbeat?: { heartbeat: RunHeartbeat; during: 'run' | 'wayBack' };
  ledgerPatienceSeconds?: number;
}

/** Makes the context in which the handlers run in this process. */
export async function localContext(
  config: Config,
  commands: Commands,
  {
    interrupt,
    clock = systemClock,
    env,
    warn,
    heartbeat: guard,
    ledgerPatienceSeconds = defaultLedgerPatienceSeconds,
  }: LocalOptions,
): Promise<LocalContext> {
  const readFile = (file: string) => readText(path.resolve(config.folder ?? '.', file), 'utf8');
  const secrets = secretReader(env, lazySecretsManager(warn), warn, readFile);
  const lastTls: LastTls = lastTlsOf.get(config) ?? new Map();
  lastTlsOf.set(config, lastTls);
  const connections = openConnections(secrets, readFile, lastTls);
  const http: Http = (request) =>
    connections.http(
      interrupt && !request.url.includes('/actuator/exporting/')
        ? { ...request, signal: interrupt }
        : request,
    );
  const openSearch = searchOpener(connections);
  const beforeChange = () => guard?.heartbeat.beforeChange(guard.during);
  // Files and the network take real time, even if `clock` is another clock.
  const store = impatientStore(
    await openStore(config.ledger),
    ledgerPatienceSeconds,
    systemClock,
    // A call to S3 ends by itself, and the next call may use another connection.
    config.ledger.s3 ? new Map() : hangingFiles,
  );
  const books = ledger(guardedStore(store, beforeChange), commands, warn);
  return {
    context: {
      config: async () => config,
      ledger: guard ? withHeartbeat(books, guard.heartbeat) : books,
      http: guardedHttp(http, beforeChange),
      secrets,
      search: async (address) =>
        guardedSearch(interruptible(await openSearch(address), interrupt), beforeChange),
      clock,
      owner: thisProcess,
      repairer: thisProcess,
      canTell: config.notify !== undefined,
      tell: tellBy(config, { http: connections.http, secrets, clock }),
      publish: async () => {},
      measure: () => {},
      warn,
      commands,
      unwritten: new Map(),
      pacing: often,
    },
    close: () => connections.close(),
  };
}

/**
 * Tells people by the webhook. Without one, the command line reports on the terminal and by its exit code alone. Neither an
 * interruption nor a late heartbeat prevents an alert, because it changes nothing in the cluster.
 */
function tellBy({ notify }: Config, context: Pick<Context, 'http' | 'secrets' | 'clock'>): Context['tell'] {
  return notify ? webhookSender(notify.webhook, context) : async () => {};
}

/** Loads the client when a secret needs it, because most configurations name only environment variables. */
function lazySecretsManager(warn: (text: string) => void): FetchSecret {
  let loaded: Promise<FetchSecret> | undefined;
  return async (arn) => {
    loaded ??= import('../../core/connect/secrets-manager.ts').then(({ secretsManager }) =>
      secretsManager({ warn }),
    );
    return (await loaded)(arn);
  };
}

/** The clients of the search engines accept no signal. So only the wait ends, and the request continues. */
function interruptible(engine: SearchEngine, signal: AbortSignal | undefined): SearchEngine {
  if (!signal) return engine;
  const interrupted = new Promise<never>((_, reject) => {
    const give = () =>
      reject(new BackupError('Unreachable', 'The wait for the search engine was interrupted'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  interrupted.catch(() => undefined);
  return {
    ...intercept(engine, (_, ask) => Promise.race([ask(), interrupted])),
    // Closing an engine waits for its open requests, also after an interruption.
    close: () => Promise.race([engine.close(), interrupted]),
  };
}

/** Loads the client of S3 only for a ledger in S3, because that takes longer than most commands. */
async function openStore({ folder, s3 }: LedgerConfig): Promise<Store> {
  if (!s3) return folderStore(folder ?? '.');
  const { s3Client } = await import('../../core/connect/s3-client.ts');
  const { s3Store } = await import('../../core/ledger/store/s3.ts');
  const { bucket, prefix = '', region, endpoint } = s3;
  const client = s3Client({
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
  });
  return s3Store({ bucket, prefix, client, endpoint });
}
