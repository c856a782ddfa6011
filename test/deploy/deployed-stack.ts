import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { parse as parseYaml, stringify } from 'yaml';
import * as z from 'zod';
import { ledger } from '../../core/ledger/ledger.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import { allFunctions, type FunctionName } from '../../lambdas/functions.ts';
import {
  type Operation,
  type Simulator,
  type SimulatorClock,
  startSimulator,
} from '../../simulator/index.ts';
import { typed } from '../core/fakes.ts';
import { type CdkResult, cdk, type Emulator, startEmulator } from './emulator/index.ts';

const stackName = 'camunda-backup-test';
/** Zeebe's backup store. The simulated brokers write nothing there. */
export const zeebeBucket = 'zeebe-backups-of-the-test';
const repository = fileURLToPath(new URL('../..', import.meta.url));
/** Searched for everywhere at the end. */
export const secretValue = 'hunter2-must-never-be-seen';

const outputsOfStacks = z.record(z.string(), z.record(z.string(), z.string()));

interface Notification {
  subject: string;
  text: string;
  attributes: Record<string, string>;
}

interface Options {
  /** The folder of the version that is deployed first; this repository's without it. */
  source?: string;
  /** How long the cluster takes for Zeebe's part of a backup. */
  zeebeSeconds?: number;
  /** How long its ledger keeps every document, in whole days. */
  objectLock?: string;
  /** The name of a second cluster, which is never backed up. */
  idleCluster?: string;
  /** Runs before the first deployment, and may try it. */
  before?: (first: { logs: CloudWatchLogsClient; deploy: () => Promise<void> }) => Promise<void>;
}

/** The real stack on the emulator, with a simulated cluster to back up and a queue that gets the alerts. */
export async function deployStack(log: (line: string) => void, options: Options = {}) {
  const started = new AsyncDisposableStack();
  try {
    const emulator = started.adopt(await startEmulator({ log }), (one) => one.close());
    return await deployOn(emulator, started, log, options);
  } catch (error) {
    // Otherwise jest would wait for what is left without end.
    await started.disposeAsync();
    throw error;
  }
}

async function deployOn(
  emulator: Emulator,
  started: AsyncDisposableStack,
  log: (line: string) => void,
  { source = repository, zeebeSeconds = 2, before, ...configured }: Options,
) {
  const held = new HeldAnswers();
  const simulator = started.adopt(
    await startSimulator({
      camunda: '8.8',
      clock: held,
      durations: { webApplications: 2, optimize: 1, records: 1, zeebe: zeebeSeconds },
      searchAuth: { username: 'backup', password: secretValue },
    }),
    (one) => one.close(),
  );
  const folder = started.adopt(await mkdtemp(join(tmpdir(), 'camunda-backup-deploy-')), (one) =>
    rm(one, { recursive: true, force: true }),
  );
  const settings = {
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const clients = {
    sfn: new SFNClient(settings),
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    events: new EventBridgeClient(settings),
    scheduler: new SchedulerClient(settings),
  };
  const secrets = new SecretsManagerClient(settings);
  const cloudFormation = new CloudFormationClient(settings);
  const { ARN: secretArn } = await secrets.send(
    new CreateSecretCommand({
      Name: 'camunda/search',
      SecretString: JSON.stringify({ password: secretValue }),
    }),
  );

  const file = join(folder, 'camunda-backup.yaml');
  const config = configuration(simulator, secretArn ?? '', { ...configured, isOlder: source !== repository });
  await writeFile(file, stringify(config));
  const context = ['--context', `config=${file}`];
  const attempt = async (cwd: string, ...args: string[]) => {
    const started = Date.now();
    const result = await cdk(emulator, args, { cwd });
    log(`cdk ${args[0]}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
    return result;
  };
  const run = async (cwd: string, ...args: string[]) => {
    const result = await attempt(cwd, ...args);
    if (result.code !== 0)
      throw new Error(`cdk ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
  };
  const deploy = (from: string, ...args: string[]) =>
    run(from, 'deploy', '--require-approval', 'never', ...args, ...context);
  await run(source, 'bootstrap', `aws://${emulator.account}/${emulator.region}`, ...context);
  const outputsFile = join(folder, 'outputs.json');
  const deployAndRead = async () => {
    await deploy(source, '--outputs-file', outputsFile);
    const deployed = outputsOfStacks.parse(JSON.parse(await readFile(outputsFile, 'utf8')))[stackName];
    if (!deployed) throw new Error('The stack has no outputs');
    return deployed;
  };
  await before?.({ logs: clients.logs, deploy: () => deploy(source) });
  let outputs = await deployAndRead();
  const output = (name: string) => {
    const value = outputs[name];
    if (!value) throw new Error(`The stack has no output ${name}: ${Object.keys(outputs).join(', ')}`);
    return value;
  };
  const queue = await subscribedQueue(clients, output('AlertsTopicArn'));

  return {
    emulator,
    simulator,
    clients,
    file,
    stackName,
    get stateMachineArn() {
      return output('StateMachineArn');
    },
    output,
    ledger: ledger(s3Store({ bucket: output('LedgerBucketName'), prefix: '', client: clients.s3 }), typed),

    /** Lets the cluster do what it is asked next with this operation only when it is released. */
    hold(operation: Operation): { begun: () => boolean; release: () => void } {
      simulator.order({ operation, kind: { slow: Number.POSITIVE_INFINITY } });
      return held.next();
    },

    /** For the cluster, so much time is over at once. */
    pass: held.pass,

    async start(input: object): Promise<string> {
      const { executionArn } = await clients.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: output('StateMachineArn'),
          input: JSON.stringify(input),
        }),
      );
      if (!executionArn) throw new Error('No execution was started');
      return executionArn;
    },

    async ended(executionArn: string, withinSeconds = 120): Promise<DescribeExecutionOutput> {
      return until(`the end of ${executionArn}`, withinSeconds, async () => {
        const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
        return execution.status === 'RUNNING' ? undefined : execution;
      });
    },

    /** The next message that `wanted` is true of; the others are dropped. */
    async notification(
      wanted: (message: Notification) => boolean,
      withinSeconds = 30,
    ): Promise<Notification> {
      return until('a message', withinSeconds, async () => {
        const received = await receive(clients.sqs, queue);
        return received.find(wanted);
      });
    },

    /** Everything that was written about executions and functions. */
    async everythingWritten(executions: string[]): Promise<string> {
      const written: unknown[] = [];
      for (const executionArn of executions) {
        for await (const page of paginateGetExecutionHistory({ client: clients.sfn }, { executionArn })) {
          written.push(page.events);
        }
      }
      for await (const { logGroups } of paginateDescribeLogGroups({ client: clients.logs }, {})) {
        for (const { logGroupName } of logGroups ?? []) {
          for await (const page of paginateFilterLogEvents({ client: clients.logs }, { logGroupName })) {
            written.push(page.events);
          }
        }
      }
      for await (const page of paginateListFunctions({ client: clients.lambda }, {}))
        written.push(page.Functions);
      return `${JSON.stringify(written)}${emulator.log()}`;
    },

    /** The name of a function by its name in lambdas/functions.ts; CloudFormation shortens it. */
    async functionName(name: FunctionName): Promise<string> {
      const description = allFunctions[name].definition.description;
      for await (const { Functions } of paginateListFunctions({ client: clients.lambda }, {})) {
        const found = Functions?.find(({ Description }) => Description === description);
        if (found?.FunctionName) return found.FunctionName;
      }
      throw new Error(`There is no function ${name}`);
    },

    /** As CloudFormation has it. */
    async template() {
      const { TemplateBody = '' } = await cloudFormation.send(
        new GetTemplateCommand({ StackName: stackName }),
      );
      return z
        .object({
          Resources: z.record(
            z.string(),
            z.object({ Type: z.string(), DeletionPolicy: z.string().optional() }),
          ),
        })
        .parse(parseYaml(TemplateBody));
    },

    /** Deploys this repository's version over the one that is there. */
    update: () => deploy(repository),

    /** Deploys the stack once more after it was destroyed; it has other outputs then. */
    async deployAgain(): Promise<void> {
      outputs = await deployAndRead();
    },

    destroy: () => run(repository, 'destroy', '--force', ...context),

    /** Deploys with another configuration, and returns what `cdk` says of it. The file is then as before. */
    async attemptUpdate(change: (settings: typeof config) => object): Promise<CdkResult> {
      await writeFile(file, stringify(change(structuredClone(config))));
      const result = await attempt(repository, 'deploy', '--require-approval', 'never', ...context);
      await writeFile(file, stringify(config));
      return result;
    },

    /** Returns what `cdk destroy` says. */
    attemptDestroy: () => attempt(repository, 'destroy', '--force', ...context),

    /** The status of the stack; undefined if there is none. */
    async stackStatus(): Promise<string | undefined> {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({}));
      // The emulator still shows it when it is deleted.
      const stack = Stacks?.find(({ StackName }) => StackName === stackName);
      return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack?.StackStatus;
    },

    close: () => started.disposeAsync(),
  };
}
export type DeployedStack = Awaited<ReturnType<typeof deployStack>>;

/** The cluster's clock: an answer that is ordered to be slow waits until it is released. */
class HeldAnswers implements SimulatorClock {
  #passed = 0;
  #waiting = 0;
  #released = Promise.withResolvers<void>();

  now = (): number => Date.now() + this.#passed;

  pass = (seconds: number): void => {
    this.#passed += seconds * 1000;
  };

  sleep = (_: number, signal?: AbortSignal): Promise<void> => {
    this.#waiting += 1;
    const { promise, resolve } = this.#released;
    signal?.addEventListener('abort', () => resolve(), { once: true });
    return promise;
  };

  /** Of the answers that are to wait from now on. */
  next(): { begun: () => boolean; release: () => void } {
    this.#waiting = 0;
    this.#released = Promise.withResolvers();
    return { begun: () => this.#waiting > 0, release: this.#released.resolve };
  }
}

function configuration(
  { urls, repository }: Simulator,
  secretArn: string,
  { objectLock, idleCluster, isOlder }: Pick<Options, 'objectLock' | 'idleCluster'> & { isOlder: boolean },
) {
  const auth = { username: 'backup', password: { secretsManager: secretArn, key: 'password' } };
  const cluster = {
    zeebe: {
      url: urls.zeebe,
      brokers: urls.brokers,
      // An older version does not know this setting.
      ...(isOlder ? {} : { store: { s3: { bucket: zeebeBucket } } }),
    },
    webApplications: { url: urls.webApplications },
    optimize: { url: urls.optimize },
    search: { engine: 'elasticsearch', url: urls.search, repository, auth },
    records: {},
    patience: '10s',
    maxAge: '26h',
    schedules: [{ cron: '0 3 * * ? *', timezone: 'Europe/Berlin', flexibleWindow: '15m' }],
  };
  // It uses no secret, so that production alone needs one.
  const idle = { ...cluster, search: { engine: 'elasticsearch', url: urls.search, repository } };
  return {
    ledger: { folder: './unused-in-a-deployment' },
    deployment: {
      stack: stackName,
      alerts: { email: ['on-call@example.com'] },
      ...(objectLock === undefined ? {} : { objectLock }),
    },
    clusters: { production: cluster, ...(idleCluster === undefined ? {} : { [idleCluster]: idle }) },
  };
}

export async function until<T>(
  what: string,
  withinSeconds: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + withinSeconds * 1000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(200);
  }
  throw new Error(`Not within ${withinSeconds} s: ${what}`);
}

async function subscribedQueue(
  { sqs, sns }: { sqs: SQSClient; sns: SNSClient },
  topic: string,
): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'alerts-of-the-test' }));
  if (!QueueUrl) throw new Error('The queue has no URL');
  const arn = `arn:aws:sqs:${topic.split(':')[3]}:${topic.split(':')[4]}:alerts-of-the-test`;
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: arn }));
  return QueueUrl;
}

const envelope = z.object({
  Subject: z.string(),
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Value: z.string() })).default({}),
});

async function receive(sqs: SQSClient, queue: string): Promise<Notification[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
  );
  const received: Notification[] = [];
  for (const { Body, ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
    const parsed = envelope.safeParse(JSON.parse(Body ?? '{}'));
    // CloudFormation and alarms write to the same topic in forms of their own.
    if (!parsed.success) continue;
    const { Subject, Message, MessageAttributes } = parsed.data;
    const attributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]),
    );
    received.push({ subject: Subject, text: Message, attributes });
  }
  return received;
}
