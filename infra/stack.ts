import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functions as allFunctions } from '../lambdas/functions.ts';
import { backup } from '../statemachine/backup-procedure.ts';
import { Alarms } from './alarms.ts';
import { Alerts } from './alerts-topic.ts';
import type { BundleFunction } from './bundle.ts';
import type { Deployable } from './configuration.ts';
import { Dashboard } from './dashboard.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { Functions } from './functions.ts';
import { ledgerBucket } from './ledger-bucket.ts';
import { network } from './network.ts';
import { outputs } from './outputs.ts';
import { schedules } from './schedules.ts';
import { stateMachine } from './state-machine.ts';
import { warnOfRisks } from './warnings.ts';
import { watchdog } from './watchdog.ts';

/** All resources of a deployment, for every cluster of a configuration. */
export class BackupStack extends Stack {
  constructor(scope: Construct, deployable: Deployable, bundle: BundleFunction) {
    const { config, deployment } = deployable;
    const { account, region, tags } = deployment;
    super(scope, deployment.stack, {
      description: 'Consistent backups of Camunda 8 clusters',
      // Without account and region the stack fits any environment, and synth makes no lookups.
      tags,
      env: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
    });

    const ledger = ledgerBucket(this, deployable);
    const alerts = new Alerts(this, 'Alerts', deployment);
    const deadLetters = deadLetterQueue(this);
    const functions = new Functions(this, 'Functions', {
      ...deployable,
      functions: allFunctions,
      ledger,
      alerts,
      network: network(this, deployment),
      bundle,
    });
    const machine = stateMachine(this, backup, functions, {
      deployment,
      logGroupName: `/aws/vendedlogs/states/${deployment.stack}`,
    });
    schedules(this, machine, deadLetters, deployable);
    const watcher = functions.get('WatchOverExporting');
    watchdog(this, watcher, machine, deadLetters);
    const alarms = new Alarms(this, 'Alarms', {
      ...deployable,
      machine,
      watchdog: watcher,
      deadLetters,
      alerts,
    });
    const logs = [...functions.all.values()].map(({ logs }) => logs);
    const dashboard = new Dashboard(this, 'Dashboard', { ...deployable, alarms: alarms.all, logs });
    outputs(this, { clusters: Object.keys(config.clusters), machine, alerts, dashboard, ledger });
    warnOfRisks(this, deployable);
  }
}
