import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import { BackupError } from '../../core/errors.ts';
import { sendTestAlert } from '../../core/tell/test-alert.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { type AlertTestResult, nothingSent, whoever } from '../alert-test-result.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { printError, printJson, printLine } from '../screen/output.ts';
import { localContext } from './context.ts';

export interface WebhookTestOptions {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** The cluster that the alert names; all of them if it is omitted. */
  cluster?: string;
  json: boolean;
  /** Tests replace this. */
  by?: string;
}

/** Sends a test alert to the webhook of a configuration. Returns the exit code. */
export async function testWebhook(options: WebhookTestOptions): Promise<number> {
  const { host, config, commands, json, by = whoever() } = options;
  const { output, env } = host;
  if (!config.notify) {
    throw new BackupError(
      'ConfigurationError',
      'The configuration has no webhook, so that the command line tells nobody',
      {
        remedy:
          'Write one into `notify.webhook`, or name the stack whose alerts you want to test: --stack NAME.',
      },
    );
  }
  const { url } = config.notify.webhook;
  const cluster =
    options.cluster === undefined
      ? {}
      : { cluster: chooseCluster(config, options.cluster, namingCluster).name };
  const { context, close } = await localContext(config, commands, {
    env,
    warn: (text) => printLine(output.stderr, text),
  });
  try {
    const { failure } = (await sendTestAlert({ by, ...cluster }, context)).testAlert;
    const sent = failure === undefined;
    const result: AlertTestResult = { ...nothingSent(failure ?? null), ok: sent, sent, webhook: url, by };
    if (json) printJson(output.stdout, result);
    else if (failure) printError(output.stderr, failure);
    else printLine(output.stdout, `The webhook ${url} took a test alert in the name of ${by}.`);
    return result.ok ? exitCodes.done : exitCodes.failed;
  } finally {
    await close();
  }
}
