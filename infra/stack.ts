import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BundleFunction } from './bundle.ts';
import { CamundaBackup } from './camunda-backup.ts';
import type { Deployable } from './configuration.ts';

/** A stack with nothing but one backup, for every cluster of a configuration. */
export class BackupStack extends Stack {
  constructor(scope: Construct, deployable: Deployable, bundle: BundleFunction) {
    const { stack, account, region, tags } = deployable.deployment;
    super(scope, stack, {
      description: 'Consistent backups of Camunda 8 clusters',
      // Without account and region the stack fits any environment, and synth makes no lookups.
      tags,
      env: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
    });
    // With this id, CDK adds nothing to the names of resources and outputs.
    new CamundaBackup(this, 'Default', deployable, bundle);
  }
}
