import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CamundaBackup } from './camunda-backup.ts';
import { loadDeployable } from './configuration.ts';
import type { BundleFunction } from './function-code.ts';

/** A stack with nothing but one backup, for every cluster of a configuration file. */
export class BackupStack extends Stack {
  constructor(scope: Construct, file: string, bundle: BundleFunction) {
    const { stack, account, region, tags, terminationProtection } = loadDeployable(file).deployment;
    super(scope, stack, {
      description: 'Consistent backups of Camunda 8 clusters',
      // Without account and region the stack fits any environment, and synth makes no lookups.
      tags,
      terminationProtection,
      env: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
    });
    // With this id, CDK adds nothing to the names of resources and outputs.
    new CamundaBackup(this, 'Default', { config: file, bundle });
  }
}
