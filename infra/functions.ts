import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
  type Version,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionEnvironment } from '../lambdas/aws/environment.ts';
import type { FunctionDefinition } from '../lambdas/definition.ts';
import type { Alerts } from './alerts-topic.ts';
import type { Deployable } from './configuration.ts';
import type { BundleFunction } from './function-code.ts';
import type { Instance } from './instance.ts';
import type { LedgerPlace } from './ledger-bucket.ts';
import { logGroup } from './logs.ts';
import { metricNamespace } from './metrics.ts';
import { type Network, networkOf } from './network.ts';
import {
  allowDomains,
  allowEvents,
  allowLambdaItself,
  allowLedger,
  allowSecrets,
  allowZeebeStores,
} from './permissions.ts';

export interface FunctionsProps extends Deployable {
  /** The functions, by their names in the state machines. */
  functions: Record<string, { definition: FunctionDefinition }>;
  instance: Instance;
  ledger: LedgerPlace;
  alerts: Alerts;
  network: Network | undefined;
  bundle: BundleFunction;
}

export interface DeployedFunction {
  definition: FunctionDefinition;
  lambda: LambdaFunction;
  role: Role;
  logs: LogGroup;
}

/** All functions. Each has its own role with the permissions in its definition. */
export class Functions extends Construct {
  readonly all: ReadonlyMap<string, DeployedFunction>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.all = new Map(
      Object.entries(props.functions).map(([name, { definition }]) => [
        name,
        deployFunction(this, name, definition, props),
      ]),
    );
  }

  get(name: string): LambdaFunction {
    const found = this.all.get(name);
    if (!found) throw new Error(`No function ${name} is deployed`);
    return found.lambda;
  }

  /** The published version of a function. It never changes, and every change of the function publishes another one. */
  versionOf(name: string): Version {
    return this.get(name).currentVersion;
  }
}

function deployFunction(
  scope: Construct,
  name: string,
  definition: FunctionDefinition,
  props: FunctionsProps,
): DeployedFunction {
  const { needs } = definition;
  const network = networkOf(definition, props.network, props.deployment);
  const environment = variables(environmentOf(definition, props));
  const deployed = bareFunction(scope, name, definition, { ...props, environment, network });
  const { role } = deployed;
  allowLedger(role, definition, props.ledger);
  allowSecrets(role, props.config, definition);
  if (needs.includes('search')) allowDomains(role, props.config);
  if (needs.includes('zeebeStore')) allowZeebeStores(role, props.config);
  if (needs.includes('alerts')) props.alerts.allowPublish(role);
  if (needs.includes('events')) allowEvents(role);
  if (needs.includes('recipients')) props.alerts.allowList(role);
  // CDK compares templates, where a replaced bucket has the same reference. A version keeps the name of its bucket.
  const { s3 } = props.config.ledger;
  if (s3) deployed.lambda.invalidateVersionBasedOn(s3.bucket);
  return deployed;
}

export interface BareFunctionProps extends Pick<Deployable, 'deployment' | 'written' | 'tlsFiles'> {
  instance: Instance;
  network: Network | undefined;
  bundle: BundleFunction;
  environment: Record<string, string>;
}

/**
 * Makes a function whose role only allows what Lambda itself does. AWSLambdaBasicExecutionRole would allow it to write
 * to every log group.
 */
export function bareFunction(
  scope: Construct,
  name: string,
  definition: FunctionDefinition,
  { deployment, written, tlsFiles, instance, network, bundle, environment }: BareFunctionProps,
): DeployedFunction {
  const { description, timeoutSeconds, memoryMegabytes, untraced } = definition;
  const logs = logGroup(scope, `${name}Logs`, deployment);
  const role = new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${name} of camunda-backup may do`,
  });
  logs.grantWrite(role);
  allowLambdaItself(role, { inVpc: network !== undefined });
  const lambda = new LambdaFunction(scope, name, {
    description,
    code: Code.fromAsset(bundle(name, written, tlsFiles)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(timeoutSeconds),
    memorySize: memoryMegabytes,
    environment: {
      ...environment,
      POWERTOOLS_SERVICE_NAME: instance.name,
      POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
      NODE_OPTIONS: '--enable-source-maps',
    },
    role,
    logGroup: logs,
    loggingFormat: LoggingFormat.JSON,
    tracing: untraced ? Tracing.DISABLED : Tracing.ACTIVE,
    ...network,
    // An execution calls the versions of its own definition until it ends, also after an update. Deleting the function
    // deletes all its versions (https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html).
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
  });
  return { definition, lambda, role, logs };
}

/** Sets all variables. Its return type ensures that a new variable does not compile until it is set here. */
function environmentOf(
  { needs }: FunctionDefinition,
  { ledger, alerts, deployment, instance }: FunctionsProps,
): Required<FunctionEnvironment> {
  const publishes = needs.includes('alerts');
  return {
    LEDGER_BUCKET: ledger.bucket.bucketName,
    LEDGER_PREFIX: ledger.prefix,
    STACK_NAME: instance.stack,
    // infra/watchdog.ts sets it, because the state machine refers to the functions.
    STATE_MACHINE_ARN: undefined,
    ALERTS_TOPIC_ARN: publishes ? alerts.topic.topicArn : undefined,
    RUNBOOK_URL: publishes ? deployment.alerts.runbook : undefined,
  };
}

function variables(environment: Record<string, string | undefined>): Record<string, string> {
  const set = Object.entries(environment).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(set);
}
