import path from 'node:path';
import { Stack, Tags, Token } from 'aws-cdk-lib';
import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Deployment } from '../core/config/deployment.ts';
import { BackupError } from '../core/errors.ts';
import type { MetricName } from '../core/figures.ts';
import { functions as clusterFunctions } from '../lambdas/functions.ts';
import { backup } from '../statemachine/backup-procedure.ts';
import { housekeeping } from '../statemachine/housekeeping-procedure.ts';
import { Alarms } from './alarms.ts';
import { Alerts } from './alerts-topic.ts';
import { type ConfigOfApp, type Environment, loadDeployable } from './configuration.ts';
import { Dashboard } from './dashboard.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { encryptAll } from './encryption.ts';
import { type BundleFunction, functionCode } from './function-code.ts';
import { Functions } from './functions.ts';
import { guard } from './guard.ts';
import { type Instance, instanceOf } from './instance.ts';
import { ledgerBucket } from './ledger-bucket.ts';
import { clusterMetric } from './metrics.ts';
import { network } from './network.ts';
import { allowOperator, type Operated } from './operators.ts';
import { outputs } from './outputs.ts';
import { schedules } from './schedules.ts';
import { stateMachine } from './state-machine.ts';
import { wakeUpDaily } from './wake-up.ts';
import { warnOfRisks } from './warnings.ts';
import { allowExecutions, watchdog } from './watchdog.ts';

export interface CamundaBackupProps {
  /** The name of a configuration file, or what it contains. */
  readonly config: string | ConfigOfApp;
  /**
   * Encrypts the ledger, the logs, the environment of the functions and a topic that this construct makes. The default
   * are keys that AWS manages, and a key of its own for the topic. The policy of an imported key must allow CloudWatch
   * Logs and CloudWatch alarms to use it.
   */
  readonly encryptionKey?: IKey;
  /**
   * What makes the code of the functions. The default takes the bundles of the package.
   *
   * @internal
   */
  readonly bundle?: BundleFunction;
}

/**
 * All resources that back up the clusters of a configuration. A stack or an app may contain several of these. Throws
 * ConfigurationError with every mistake of the configuration at once.
 */
export class CamundaBackup extends Construct {
  /** Makes a backup of one cluster at each execution. */
  readonly machine: StateMachine;
  /** Receives the alerts. */
  readonly topic: ITopic;
  /** The bucket with the manifests and locks, and the prefix of every key in it. */
  readonly ledger: { readonly bucket: Bucket; readonly prefix: string };
  readonly alarms: readonly Alarm[];
  readonly #instance: Instance;
  readonly #bucket: string | undefined;
  readonly #operated: Operated;
  readonly #recorded: { clusters: string[]; dashboard: boolean };

  constructor(scope: Construct, id: string, props: CamundaBackupProps) {
    super(scope, id);
    const { bundle = functionCode(bundles), encryptionKey } = props;
    const deployable = loadDeployable(props.config, environmentOf(this));
    const { config, deployment } = deployable;
    tag(this, deployment.tags);
    const instance = instanceOf(this);
    this.#instance = instance;
    this.#bucket = config.ledger.s3?.bucket;
    this.#recorded = { clusters: Object.keys(config.clusters), dashboard: deployment.dashboard };
    this.#refuseSameNames();
    const ledger = ledgerBucket(this, deployable);
    const alerts = new Alerts(this, 'Alerts', { alerts: withKey(deployment.alerts, encryptionKey) });
    const deadLetters = deadLetterQueue(this);
    const vpc = network(this, deployment);
    const functions = new Functions(this, 'Functions', {
      ...deployable,
      instance,
      functions: clusterFunctions,
      ledger,
      alerts,
      network: vpc,
      bundle,
    });
    const machine = stateMachine(this, backup, functions, {
      deployment,
      logGroupName: `/aws/vendedlogs/states/${instance.name}`,
    });
    const housekeeper = stateMachine(this, housekeeping, functions, {
      deployment,
      logGroupName: `/aws/vendedlogs/states/${instance.name}-housekeeping`,
    });
    for (const { definition, lambda } of functions.all.values()) {
      if (definition.needs.includes('executionStates')) allowExecutions(lambda, machine);
    }
    const starts = schedules(this, machine, deadLetters, deployable);
    wakeUpDaily(this, [backup, housekeeping], functions);
    const watcher = functions.get('WatchOverExporting');
    watchdog(this, watcher, machine);
    const alarms = new Alarms(this, 'Alarms', {
      ...deployable,
      instance,
      machine,
      watchdog: watcher,
      deadLetters,
      alerts,
    });
    const logs = [...functions.all.values()].map(({ logs }) => logs);
    const dashboard = deployment.dashboard
      ? new Dashboard(this, 'Dashboard', { ...deployable, instance, alarms: alarms.all, logs })
      : undefined;
    outputs(this, {
      instance,
      clusters: Object.keys(config.clusters),
      machine,
      housekeeper,
      alerts,
      dashboard,
      ledger,
      functions,
    });
    guard(this, {
      ...deployable,
      instance,
      network: vpc,
      bundle,
      ledger,
      machine,
      functions,
      schedules: starts,
      encryptionKey,
    });
    if (encryptionKey) encryptAll(this, encryptionKey, alerts);
    warnOfRisks(this, { ...deployable, deployment: { ...deployment, stack: instance.stack } });
    this.#operated = { machine, housekeeper, ledger, topic: alerts.topic, functions, encryptionKey };
    this.machine = machine;
    this.topic = alerts.topic;
    this.ledger = ledger;
    this.alarms = alarms.all;
  }

  /**
   * A metric of a cluster, by default its maximum of five minutes; of the two counts, the statistic `Sum` counts the
   * backups. The state machine has metrics of its own. Throws ConfigurationError if no function records this metric.
   */
  metric(metricName: MetricName, cluster: string, options: MetricOptions = {}): Metric {
    const { clusters, dashboard } = this.#recorded;
    if (!clusters.includes(cluster)) {
      throw new BackupError(
        'ConfigurationError',
        `There is no cluster ${cluster}; there are: ${clusters.join(', ')}`,
      );
    }
    if (!dashboard && (metricName === 'BackupAgeSeconds' || metricName === 'ExportingPausedSeconds')) {
      throw new BackupError(
        'ConfigurationError',
        `The metric ${metricName} is only recorded with \`deployment.dashboard: true\``,
      );
    }
    return clusterMetric(metricName, { service: this.#instance.name, cluster }, 'Maximum').with(options);
  }

  /** Allows a role what `status`, `watch` and `check --stack` need (docs/operators.md). */
  grantSee(grantee: IGrantable): void {
    allowOperator(this, 'see', grantee, this.#operated);
  }

  /** Allows a role the same, and what `run`, `verify`, `repair` and `alert-test --stack` need. */
  grantBackUp(grantee: IGrantable): void {
    allowOperator(this, 'backUp', grantee, this.#operated);
  }

  /** Allows a role the same, and to delete what a failed backup has left behind. */
  grantDeleteAndRestore(grantee: IGrantable): void {
    allowOperator(this, 'deleteAndRestore', grantee, this.#operated);
  }

  /** Throws ConfigurationError if another instance in the app has the same names. */
  #refuseSameNames(): void {
    for (const other of this.node.root.node.findAll()) {
      if (!(other instanceof CamundaBackup) || other === this) continue;
      const both = `${other.node.path} and ${this.node.path}`;
      if (this.#bucket !== undefined && other.#bucket === this.#bucket) {
        throw new BackupError('ConfigurationError', `${both} both create the bucket ${this.#bucket}`, {
          remedy: 'Write another bucket into ledger.s3.bucket of one of them.',
        });
      }
      const { outputPrefix } = this.#instance;
      if (Stack.of(other) === Stack.of(this) && other.#instance.outputPrefix === outputPrefix) {
        throw new BackupError(
          'ConfigurationError',
          `${both} differ in no letter and no digit, so their outputs would have the same names`,
          { remedy: 'Give one of them another id.' },
        );
      }
    }
  }
}

/** The key is that of a topic that this construct makes, unless the configuration names another one. */
function withKey(alerts: Deployment['alerts'], key: IKey | undefined): Deployment['alerts'] {
  const { topicArn, topicKeyArn } = alerts;
  return key && topicArn === undefined && topicKeyArn === undefined
    ? { ...alerts, topicKeyArn: key.keyArn }
    : alerts;
}

/** The bundles of the package. They are beside the built construct. */
const bundles = path.join(import.meta.dirname, 'functions');

function environmentOf(scope: Construct): Environment {
  const { account, region } = Stack.of(scope);
  return {
    ...(Token.isUnresolved(account) ? {} : { account }),
    ...(Token.isUnresolved(region) ? {} : { region }),
  };
}

/** Adds tags to every resource, unless the stack already has them. */
function tag(scope: Construct, tags: Record<string, string>): void {
  const known = Stack.of(scope).tags.tagValues();
  for (const [key, value] of Object.entries(tags)) {
    if (known[key] !== value) Tags.of(scope).add(key, value);
  }
}
