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
import type { Context } from '../../core/context.ts';
import { BackupError } from '../../core/errors.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import { folderStore } from '../../core/ledger/store/folder.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { often } from '../../core/pacing.ts';
import { guardedHttp, guardedSearch, guardedStore, type Hanging, impatientStore } from './guarded.ts';
import { type RunHeartbeat, withHeartbeat } from './heartbeat.ts';

/** For an answer of the ledger. S3 is given up after 40 s, the guard of a file after 30 s. */
const defaultLedgerPatienceSeconds = 60;

/** Of this process: its contexts share its threads. */
const hangingFiles: Hanging = new Map();

export interface LocalContext {
  context: Context;
  close(): Promise<void>;
}

export interface LocalOptions {
  /**
   * Gives up waiting for answers, except for those to a pause or a resume: whether exporting is paused has to be known
   * before the end.
   */
  interrupt?: AbortSignal;
  clock?: Clock;
  /** What the secrets are in that name a variable. */
  env: NodeJS.ProcessEnv;
  warn: (text: string) => void;
  /** Of the run whose context this is: looked at before everything that changes something. */
  heartbeat?: { heartbeat: RunHeartbeat; during: 'run' | 'wayBack' };
  ledgerPatienceSeconds?: number;
}

/** What the handlers work with in one process. */
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
  const secrets = secretReader(env, lazySecretsManager(), warn, readFile);
  const connections = openConnections(secrets, readFile);
  const http: Http = (request) =>
    connections.http(
      interrupt && !request.url.includes('/actuator/exporting/')
        ? { ...request, signal: interrupt }
        : request,
    );
  const openSearch = searchOpener(connections);
  const beforeChange = () => guard?.heartbeat.beforeChange(guard.during);
  // The files and the network have real time, whatever clock the rest goes by.
  const store = impatientStore(
    await openStore(config.ledger),
    ledgerPatienceSeconds,
    systemClock,
    // A call to S3 ends by itself, and the next one may find another connection.
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
      // The command line says it itself, on the terminal and by its exit code.
      tell: async () => {},
      measure: () => {},
      warn,
      commands,
      unwritten: new Map(),
      pacing: often,
    },
    close: () => connections.close(),
  };
}

/** Loaded when it is needed: most configurations name environment variables. */
function lazySecretsManager(): FetchSecret {
  let loaded: Promise<FetchSecret> | undefined;
  return async (arn) => {
    loaded ??= import('../../core/connect/secrets-manager.ts').then(({ secretsManager }) => secretsManager());
    return (await loaded)(arn);
  };
}

/** The clients of the search engines know no signal: what they are still asked is left to itself. */
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
    // It waits for the answers that nobody waits for any more.
    close: () => Promise.race([engine.close(), interrupted]),
  };
}

/** The client of S3 is loaded where the ledger is there: it takes longer than most commands do. */
async function openStore({ folder, s3 }: LedgerConfig): Promise<Store> {
  if (!s3) return folderStore(folder ?? '.');
  const { s3Client, s3Store } = await import('../../core/ledger/store/s3.ts');
  const { bucket, prefix = '', region, endpoint } = s3;
  const client = s3Client({
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
  });
  return s3Store({ bucket, prefix, client, endpoint });
}
