import { Construct } from 'constructs';
import { functions as allFunctions } from '../lambdas/functions.ts';
import { backup } from '../statemachine/backup-procedure.ts';
import { Alarms } from './alarms.ts';
import { Alerts } from './alerts-topic.ts';
import type { BundleFunction } from './bundle.ts';
import type { Deployable } from './configuration.ts';
import { Dashboard } from './dashboard.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { Functions } from './functions.ts';
import { instanceOf } from './instance.ts';
import { ledgerBucket } from './ledger-bucket.ts';
import { network } from './network.ts';
import { outputs } from './outputs.ts';
import { schedules } from './schedules.ts';
import { stateMachine } from './state-machine.ts';
import { warnOfRisks } from './warnings.ts';
import { watchdog } from './watchdog.ts';

/** All resources that back up the clusters of a configuration. A stack or an app may contain several of these. */
export class CamundaBackup extends Construct {
  constructor(scope: Construct, id: string, deployable: Deployable, bundle: BundleFunction) {
    super(scope, id);
    const { config, deployment } = deployable;
    const instance = instanceOf(this);
    const ledger = ledgerBucket(this, deployable);
    const alerts = new Alerts(this, 'Alerts', deployment);
    const deadLetters = deadLetterQueue(this);
    const functions = new Functions(this, 'Functions', {
      ...deployable,
      instance,
      functions: allFunctions,
      ledger,
      alerts,
      network: network(this, deployment),
      bundle,
    });
    const machine = stateMachine(this, backup, functions, {
      deployment,
      logGroupName: `/aws/vendedlogs/states/${instance.name}`,
    });
    schedules(this, machine, deadLetters, deployable);
    const watcher = functions.get('WatchOverExporting');
    watchdog(this, watcher, machine, deadLetters);
    const alarms = new Alarms(this, 'Alarms', {
      ...deployable,
      instance,
      machine,
      watchdog: watcher,
      deadLetters,
      alerts,
    });
    const logs = [...functions.all.values()].map(({ logs }) => logs);
    const dashboard = new Dashboard(this, 'Dashboard', {
      ...deployable,
      instance,
      alarms: alarms.all,
      logs,
    });
    outputs(this, {
      instance,
      clusters: Object.keys(config.clusters),
      machine,
      alerts,
      dashboard,
      ledger,
    });
    warnOfRisks(this, deployable);
  }
}
