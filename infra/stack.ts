import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CamundaBackup } from './camunda-backup.ts';
import { loadDeployable } from './configuration.ts';
import type { BundleFunction } from './function-code.ts';

/** A stack with nothing but one backup, for every cluster of a configuration file. */
export class BackupStack extends Stack {
  /** How many clusters it backs up. */
  readonly clusters: number;

  constructor(scope: Construct, file: string, bundle: BundleFunction) {
    const { deployment, config } = loadDeployable(file);
    const { stack, account, region, tags, terminationProtection } = deployment;
    super(scope, stack, {
      description: 'Consistent backups of Camunda 8 clusters',
      // Without account and region the stack fits any environment, and synth makes no lookups.
      tags,
      terminationProtection,
      env: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
    });
    this.clusters = Object.keys(config.clusters).length;
    // With this id, CDK adds nothing to the names of resources and outputs.
    new CamundaBackup(this, 'Default', { config: file, bundle });
  }
}
