import { App } from 'aws-cdk-lib';
import { isBackupError } from '../core/errors.ts';
import { bundleFunctions } from './bundle.ts';
import { configurationFile } from './configuration.ts';
import { BackupStack } from './stack.ts';
import { requireDeployableSize } from './template-size.ts';

/**
 * The CDK app. It makes one stack from a configuration file.
 *
 *     npx cdk deploy                       uses camunda-backup.yaml, or the example if that file is missing
 *     npx cdk deploy -c config=FILE        uses another file, which CAMUNDA_BACKUP_CONFIG can also name
 */
try {
  const app = new App();
  const file = configurationFile(app.node.tryGetContext('config'));
  const stack = new BackupStack(app, file, await bundleFunctions());
  const { templateFullPath } = app.synth().getStackArtifact(stack.artifactId);
  requireDeployableSize(templateFullPath, stack.clusters);
} catch (error) {
  if (!isBackupError(error)) throw error;
  // The file has a mistake. Its place and the remedy help the user, and a stack trace would not.
  process.stderr.write(`${error.message}${error.remedy ? `\n${error.remedy}` : ''}\n`);
  process.exitCode = 1;
}
