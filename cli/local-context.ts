import { resolve } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Config, LedgerConfig } from '../core/config.ts';
import type { Context } from '../core/context.ts';
import { type Http, httpClient } from '../core/http.ts';
import { folderStore } from '../core/ledger/folder-store.ts';
import { ledger } from '../core/ledger/ledger.ts';
import { thisProcess } from '../core/ledger/owner.ts';
import { s3Client, s3Store } from '../core/ledger/s3-store.ts';
import type { Store } from '../core/ledger/store.ts';
import { searchOpener } from '../core/search/open.ts';
import { secretReader } from '../core/secrets.ts';

/** Four looks a second at the shortest: in one process a look costs nothing. */
const stepSeconds = 0.25;

export interface LocalContext {
  context: Context;
  close(): Promise<void>;
}

/**
 * What the handlers work with in one process. `interrupt` gives up waiting for answers, except for those to a
 * pause or a resume: whether exporting is paused has to be known before the end.
 */
export function localContext(
  config: Config,
  { interrupt, clock = systemClock }: { interrupt?: AbortSignal; clock?: Clock } = {},
): LocalContext {
  const client = httpClient();
  const http: Http = (request) =>
    client(
      interrupt && !request.url.includes('/actuator/exporting/')
        ? { ...request, signal: interrupt }
        : request,
    );
  const secrets = secretReader(process.env, fetchSecret);
  return {
    context: {
      config: async () => config,
      ledger: ledger(openStore(config.ledger)),
      http,
      secrets,
      search: searchOpener(secrets),
      clock,
      owner: thisProcess,
      stepSeconds,
    },
    close: () => client.close(),
  };
}

/** Loaded when it is needed: most configurations name environment variables. */
async function fetchSecret(arn: string): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const answer = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: arn }));
  return answer.SecretString;
}

function openStore({ folder, s3 }: LedgerConfig): Store {
  if (!s3) return folderStore(resolve(folder ?? '.'));
  const { bucket, prefix = '', region, endpoint } = s3;
  const client = s3Client({
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
  });
  return s3Store({ bucket, prefix, client });
}
