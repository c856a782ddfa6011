import assert from 'node:assert/strict';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, it } from '@jest/globals';
import { unless } from '../support/unless.ts';
import { type DeployedStack, deployStack, until } from './deployed-stack.ts';
import { type CdkResult, emulatorAvailable } from './emulator/index.ts';

const available = await emulatorAvailable();
const skip = available.available ? false : available.reason;

const hour = 3600;

unless(skip).describe('a stack whose backup waits in its pause', () => {
  let stack: DeployedStack;
  let execution: string;

  beforeAll(async () => {
    stack = await deployStack((line) => process.stdout.write(`# ${line}\n`), {
      zeebeSeconds: hour,
      idleCluster: 'idle',
    });
    execution = await stack.start({ cluster: 'production', reason: 'test' });
    await until('Zeebe’s part is under way', 120, async () =>
      stack.simulator.backupIds('zeebe').length > 0 ? true : undefined,
    );
  });
  afterAll(async () => {
    await stack?.close();
  });

  /** The run goes on, and exporting is paused on its behalf. */
  async function assertUndisturbed(): Promise<void> {
    const { status, cause } = await stack.clients.sfn.send(
      new DescribeExecutionCommand({ executionArn: execution }),
    );
    assert.equal(status, 'RUNNING', cause);
    assert.notEqual(stack.simulator.pausedSince(), undefined);
  }

  function assertRefused({ code, stdout, stderr }: CdkResult, takenAway: string): void {
    const text = `${stdout}${stderr}`;
    assert.notEqual(code, 0, text);
    assert.ok(text.includes(`would take away: ${takenAway}`), text);
    assert.match(text, /The lock of production is held by the backup \d+ \(arn:aws:states:/);
    assert.match(text, /npx camunda-backup watch --stack camunda-backup-test --execution/);
  }

  it('An update that removes a secret is refused, and the stack is as it was', async () => {
    const refused = await stack.attemptUpdate((settings) => {
      const { production } = settings.clusters;
      const { auth: _, ...search } = production.search;
      return { ...settings, clusters: { ...settings.clusters, production: { ...production, search } } };
    });
    assertRefused(refused, 'the secret arn:aws:secretsmanager:');
    assert.equal(await stack.stackStatus(), 'UPDATE_ROLLBACK_COMPLETE');
    await assertUndisturbed();
  });

  it('An update that removes the cluster is refused', async () => {
    const refused = await stack.attemptUpdate((settings) => {
      const { production: _, ...others } = settings.clusters;
      return { ...settings, clusters: others };
    });
    assertRefused(refused, 'the cluster production, the secret arn:aws:secretsmanager:');
    assert.equal(await stack.stackStatus(), 'UPDATE_ROLLBACK_COMPLETE');
    await assertUndisturbed();
  });

  it('An update that adds a cluster and fails later is rolled back, which the guard does not refuse', async () => {
    const failed = await stack.attemptUpdate((settings) => {
      const { production } = settings.clusters;
      const lambda = ['arn:aws:lambda:us-east-1:000000000000:function:that-does-not-exist'];
      return {
        ...settings,
        clusters: {
          ...settings.clusters,
          production: { ...production, patience: '11s' },
          another: production,
        },
        deployment: { ...settings.deployment, alerts: { ...settings.deployment.alerts, lambda } },
      };
    });
    assert.notEqual(failed.code, 0, failed.stdout);
    assert.doesNotMatch(`${failed.stdout}${failed.stderr}`, /would take away/);
    assert.equal(await stack.stackStatus(), 'UPDATE_ROLLBACK_COMPLETE');
    await assertUndisturbed();
  });

  it('The deletion of the stack is refused, everything works on, and the backup completes', async () => {
    assertRefused(await stack.attemptDestroy(), 'the watchdog and the functions that resume exporting.');
    assert.equal(await stack.stackStatus(), 'DELETE_FAILED');
    await assertUndisturbed();
    stack.pass(hour);
    const { status, cause, output = '' } = await stack.ended(execution);
    assert.equal(status, 'SUCCEEDED', cause);
    assert.match(output, /"COMPLETED"/);
    assert.equal(stack.simulator.pausedSince(), undefined);
  });

  it('The stack is deleted when the backup has ended', async () => {
    await stack.destroy();
    assert.equal(await stack.stackStatus(), undefined);
  });
});
