import { App } from 'aws-cdk-lib';
import { isBackupError } from '../core/errors.ts';
import { bundleFunctions } from './bundle.ts';
import { configurationFile, loadDeployable } from './configuration.ts';
import { BackupStack } from './stack.ts';

/**
 * The CDK app: one stack, made of `camunda-backup.yaml`.
 *
 *     npx cdk deploy                       camunda-backup.yaml, or the example where there is none
 *     npx cdk deploy -c config=FILE        another file; or the environment variable CAMUNDA_BACKUP_CONFIG
 */
try {
  const app = new App();
  const deployable = await loadDeployable(configurationFile(app.node.tryGetContext('config')));
  new BackupStack(app, deployable, await bundleFunctions());
} catch (error) {
  if (!isBackupError(error)) throw error;
  // A mistake of whoever wrote the file: where it is and what to do, and no stack trace.
  process.stderr.write(`${error.message}${error.remedy ? `\n${error.remedy}` : ''}\n`);
  process.exitCode = 1;
}
