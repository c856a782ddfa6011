import { readFile as readText } from 'node:fs/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Alert } from '../../core/alert.ts';
import { systemClock } from '../../core/clock.ts';
import { config } from '../../core/config/schema.ts';
import { type Connections, openConnections } from '../../core/connect/connections.ts';
import { s3Client } from '../../core/connect/s3-client.ts';
import { secretReader } from '../../core/connect/secrets.ts';
import { secretsManager } from '../../core/connect/secrets-manager.ts';
import type { Context } from '../../core/context.ts';
import { BackupError } from '../../core/errors.ts';
import type { Figure } from '../../core/figures.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import { sparing } from '../../core/pacing.ts';
import { stackCommands } from '../../deployment/commands.ts';
import { alertPublisher, besideWebhook } from './alerts.ts';
import { environment } from './environment.ts';
import { eventPublisher } from './events.ts';
import { readFile } from './files.ts';

export const logger = new Logger();

/** Makes the function that opens search clients. Only some functions are bundled with these clients. */
export type OpenSearch = (connections: Connections) => Context['search'];

/** The context of the handlers in Lambda. It is made once and reused while the function stays warm. */
export function lambdaContext(openSearch: OpenSearch = () => noSearch): Context {
  const { LEDGER_BUCKET, LEDGER_PREFIX, ALERTS_TOPIC_ARN, RUNBOOK_URL, STACK_NAME } = environment.parse(
    process.env,
  );
  const connections = openConnections(secretReader({}, secretsManager({ warn }), warn, readFile), readFile);
  const store = s3Store({ bucket: LEDGER_BUCKET, prefix: LEDGER_PREFIX, client: s3Client() });
  const commands = stackCommands({ program: 'npx camunda-backup', stack: STACK_NAME });
  return {
    config: readConfig,
    ledger: ledger(store, commands, warn),
    http: connections.http,
    secrets: connections.secrets,
    search: openSearch(connections),
    clock: systemClock,
    owner: (arn) => ({ kind: 'execution', arn }),
    repairer: () => undefined,
    canTell: true,
    tell: besideWebhook(alertPublisher({ topic: ALERTS_TOPIC_ARN, runbook: RUNBOOK_URL }, log), {
      config: readConfig,
      http: connections.http,
      secrets: connections.secrets,
      clock: systemClock,
      warn,
    }),
    publish: eventPublisher(STACK_NAME),
    measure,
    warn,
    commands,
    unwritten: new Map(),
    pacing: sparing,
  };
}

const warn = (text: string) => logger.warn(text);
const log = (subject: string, details: { alert: Alert }) => logger.warn(subject, details);

async function noSearch(): Promise<never> {
  throw new BackupError(
    'ConfigurationError',
    'This function is bundled without a client for the search engine',
  );
}

/** Reads the configuration that was checked at synth. infra/bundle.ts puts it beside the code. */
async function readConfig() {
  const text = await readText(new URL('./camunda-backup.json', import.meta.url), 'utf8');
  return config.parse(JSON.parse(text));
}

const metrics = new Metrics();
const units = { Seconds: MetricUnit.Seconds, Count: MetricUnit.Count };

/** Writes a log line for each metric value, which CloudWatch converts to a metric. */
function measure(figures: Figure[]): void {
  for (const { name, unit, value, cluster, component } of figures) {
    const single = metrics.singleMetric();
    single.addDimensions({ cluster, ...(component ? { component } : {}) });
    single.addMetric(name, units[unit], value);
  }
}
