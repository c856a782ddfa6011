import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import * as z from 'zod';
import { localContext } from '../../../cli/local/context.ts';
import { configOfStack, statusOfStack } from '../../../cli/stack/status.ts';
import { deployment } from '../../../core/config/deployment.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import { typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { written } from '../../support/written.ts';
import { fakeAws, recorded } from '../stack/fakes.ts';
import { bench, clock, lock, manifest, paused } from './world.ts';

describe('camunda-backup status --stack', () => {
  const arn = 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup:mine';
  const at = { program: 'camunda-backup' };

  async function onStack(
    change: (books: ReturnType<typeof ledger>) => Promise<unknown>,
    running: string[] = [],
  ) {
    const aws = fakeAws(recorded('busy'));
    aws.outputs['Clusters'] = '["production"]';
    aws.newest = ['one', 'two', 'three', 'four', 'five', 'six'];
    aws.running = running;
    const books = ledger(memoryStore(), typed);
    await change(books);
    const look = async (json: boolean) => {
      const screen = written();
      const options = {
        stack: 'camunda-backup',
        offline: true,
        at,
        aws,
        openLedger: () => books,
        clock,
        env: {},
      };
      const code = await statusOfStack({ ...options, json, output: screen.output });
      return { code, text: screen.stdout(), json: screen.json };
    };
    const { text } = await look(false);
    const { code, json } = await look(true);
    return { text, code, json };
  }

  it('`status --stack` shows the ledger of the bucket, the newest executions and the dashboard', async () => {
    const { code, text, json } = await onStack((books) =>
      books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z')),
    );
    assert.equal(code, 0);
    assert.match(text, /^production\n {2}status +ok\n/);
    assert.match(text, /stack camunda-backup\n {2}dashboard +https:\/\/us-east-1\.console/);
    assert.match(
      text,
      /SUCCEEDED +2026-11-21T08:00:00\.000Z {2}1 min 30 s +one\n +https:.*execution:camunda-backup:one/,
    );
    const { stack } = json() as { stack: { executions: { name: string }[]; dashboardUrl: string } };
    assert.deepEqual(
      stack.executions.map(({ name }) => name),
      ['one', 'two', 'three', 'four', 'five'],
    );
  });

  it('`status --stack` asks Step Functions whether the owner of the lock lives', async () => {
    const held = async (books: ReturnType<typeof ledger>) => {
      await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
      await books.acquire(lock({ owner: { kind: 'execution', arn }, runId: arn, ...paused }));
    };
    const alive = await onStack(held, ['mine']);
    assert.equal(alive.code, 0);
    assert.match(alive.text, /run +at work: backup 9 .*\n +https:.*details\/arn:aws:states.*:mine\n/);
    const dead = await onStack(held);
    assert.equal(dead.code, 1);
    assert.match(dead.text, /NOT OK: exporting is left paused/);
    assert.match(
      dead.text,
      /repair: the watchdog does it within five minutes; or camunda-backup repair --stack camunda-backup --cluster production\n/,
    );
  });

  it('`status --stack` takes the limits of the configuration, where it is that of the stack', async () => {
    const { config } = await bench();
    const folder = config.ledger.folder ?? '';
    const file = join(folder, 'camunda-backup.yaml');
    assert.equal(await configOfStack(file, '.', 'camunda-backup'), undefined);
    const clusters = { production: { zeebe: { url: 'http://zeebe:9600' }, maxAge: '3h' } };
    await writeFile(file, JSON.stringify({ ledger: { folder }, clusters }));
    assert.equal(await configOfStack(file, '.', 'another'), undefined);
    const found = await configOfStack(file, '.', 'camunda-backup');
    assert(found);
    const books = ledger(memoryStore(), typed);
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const screen = written();
    const aws = fakeAws(recorded('busy'));
    const options = {
      stack: 'camunda-backup',
      at,
      offline: true,
      json: false,
      output: screen.output,
      env: {},
      openLedger: () => books,
    };
    assert.equal(await statusOfStack({ ...options, aws, clock, config: found }), 1);
    assert.match(screen.stdout(), /older than 3 h 00 min/);
  });

  it('`status --stack` shows subscriptions that wait for confirmation, and those that the topic has lost', async () => {
    const books = ledger(memoryStore(), typed);
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const aws = fakeAws(recorded('busy'));
    const { config: local } = await bench();
    const alerts = {
      email: ['a@example.com', 'b@example.com'],
      sms: [],
      https: [],
      lambda: [],
      onSuccess: false,
    };
    const clusters = local.clusters;
    const config = { ...local, clusters, deployment: deployment.parse({ alerts }) };
    aws.subscribed = () => [
      [{ Protocol: 'email', Endpoint: 'a@example.com', SubscriptionArn: 'PendingConfirmation' }],
    ];
    const look = async (json: boolean) => {
      const screen = written();
      const [cluster = ''] = Object.keys(clusters);
      aws.outputs['Clusters'] = JSON.stringify([cluster]);
      await statusOfStack({
        stack: 'camunda-backup',
        at,
        offline: true,
        json,
        output: screen.output,
        env: {},
        openLedger: () => books,
        aws,
        clock,
        config,
      });
      return screen;
    };
    const text = (await look(false)).stdout();
    assert.match(
      text,
      / {2}alerts +NOBODY IS TOLD\n +NOT CONFIRMED: email a@example\.com\n +MISSING: email b@example\.com\n +Whoever reads there/,
    );
    const shown = z
      .object({ stack: z.object({ subscriptions: z.unknown() }) })
      .parse((await look(true)).json());
    assert.deepEqual(shown.stack.subscriptions, {
      confirmed: [],
      pending: [{ protocol: 'email', endpoint: 'a@example.com', confirmed: false }],
      missing: [{ protocol: 'email', endpoint: 'b@example.com' }],
      unknown: null,
    });
  });

  it('`status --stack` closes what it has opened to ask the cluster', async () => {
    const books = ledger(memoryStore(), typed);
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const aws = fakeAws(recorded('busy'));
    const { config } = await bench();
    aws.outputs['Clusters'] = JSON.stringify(Object.keys(config.clusters));
    let closed = 0;
    await statusOfStack({
      stack: 'camunda-backup',
      at,
      offline: true,
      json: true,
      output: written().output,
      env: {},
      openLedger: () => books,
      aws,
      clock,
      config,
      openLocal: async (...args) => {
        const local = await localContext(...args);
        return {
          ...local,
          close: async () => {
            closed += 1;
            await local.close();
          },
        };
      },
    });
    assert.equal(closed, 1);
  });
});
