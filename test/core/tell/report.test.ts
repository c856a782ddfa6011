import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { reportOfFailure } from '../../../core/backup/report-failure.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { reportCompleted, reportStarted } from '../../../core/tell/report.ts';
import { failedComponent } from '../backup/failed-component.ts';
import { entryOf, manifest, plan, run } from '../backup/world.ts';
import { fakeHttp, json, minimalYaml, noAnswer, type TestContext, testContext } from '../fakes.ts';

const pingUrl = 'https://hc.example.com/abc';
const ok = json(200, 'OK');
const withPing = `${minimalYaml}    ping: ${pingUrl}\n`;
const withSuccess = `${minimalYaml}\ndeployment: { alerts: { onSuccess: true } }\n`;

function setUp(yaml = withPing) {
  const fake = fakeHttp({
    [`GET ${pingUrl}`]: ok,
    [`GET ${pingUrl}/start`]: ok,
    [`GET ${pingUrl}/fail`]: ok,
  });
  return { fake, context: testContext({ yaml, http: fake.http }) };
}

const completed: Manifest = {
  ...manifest,
  state: 'COMPLETED',
  endedAt: '2026-11-21T09:10:00.000Z',
  components: [
    entryOf('operate', { startedAt: '2026-11-21T09:00:10.000Z', endedAt: '2026-11-21T09:02:10.000Z' }),
    entryOf('zeebe', { startedAt: '2026-11-21T09:03:00.000Z', endedAt: '2026-11-21T09:03:30.000Z' }),
  ],
  exporting: {
    pausedAt: '2026-11-21T09:00:05.000Z',
    resumedAt: '2026-11-21T09:04:05.000Z',
    leftPaused: false,
  },
};
const failure = { error: 'ComponentTimedOut', message: 'It took too long', remedy: 'Wait longer.' };
const figuresOf = ({ measured }: TestContext) =>
  measured.map(({ name, value, component }) => `${name}${component ? ` ${component}` : ''} ${value}`);

describe('The report of a backup that completes', () => {
  test('A backup that completes is measured, and pings', async () => {
    const { fake, context } = setUp();
    await reportCompleted(completed, context);
    assert.deepEqual(figuresOf(context), [
      'BackupCompleted 1',
      'BackupFailed 0',
      'DurationSeconds 600',
      'PausedSeconds 240',
      'ComponentSeconds operate 120',
      'ComponentSeconds zeebe 30',
    ]);
    assert.deepEqual(fake.calls(), [`GET ${pingUrl}`]);
    assert.deepEqual(context.told, []);
  });

  test('A backup that completes is told where that is wanted', async () => {
    const { context } = setUp(withSuccess);
    await reportCompleted(completed, context);
    assert.deepEqual(
      context.told.map(({ kind, severity, reason }) => ({ kind, severity, reason })),
      [{ kind: 'backupCompleted', severity: 'INFO', reason: 'The backup 7 is complete: Operate, Zeebe.' }],
    );
  });
});

describe('The report of a backup that fails', () => {
  const failed: Manifest = {
    ...completed,
    state: 'FAILED',
    components: [entryOf('operate'), entryOf('zeebe', { state: 'FAILED' })],
    failure,
  };

  test('A backup that fails is measured, pings and is told, with the component and its remedy', async () => {
    const { fake, context } = setUp();
    await reportOfFailure({ ...run, failure }, context).tell({ manifest: failed });
    assert.deepEqual(figuresOf(context), ['BackupFailed 1', 'BackupCompleted 0', 'PausedSeconds 240']);
    assert.deepEqual(fake.calls(), [`GET ${pingUrl}/fail`]);
    assert.deepEqual(context.told, [
      {
        kind: 'backupFailed',
        severity: 'WARNING',
        at: '2026-11-21T09:00:00.000Z',
        cluster: 'production',
        backupId: 7,
        component: 'Zeebe',
        reason: 'It took too long',
        remedy: 'Wait longer.',
        execution: undefined,
        manifest: 'memory:production/backups/7/manifest.json',
      },
    ]);
  });

  test('A backup that fails for a known reason is told with what is known about it', async () => {
    const { context } = setUp();
    const { name: error, message, remedy } = failedComponent('Backup is cancelled due to leader change.');
    const known = { error, message, ...(remedy ? { remedy } : {}) };
    await reportOfFailure({ ...run, failure: known }, context).tell({ manifest: failed });
    assert.match(context.told[0]?.remedy ?? '', /Back up again/);
  });

  test('A backup that fails and leaves exporting paused is told as the worst', async () => {
    const { context } = setUp();
    await reportOfFailure({ ...run, failure }, context).tell({
      manifest: { ...failed, exporting: { leftPaused: true } },
    });
    // Whatever failed first: this is what matters now.
    assert.match(context.told[0]?.remedy ?? '', /curl -X POST http:\S+\/actuator\/exporting\/resume /);
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.equal(context.told[0]?.severity, 'CRITICAL');
    assert.match(context.told[0]?.reason ?? '', /could not be resumed, .* It took too long$/);
  });

  describe('The report of another try that fails', () => {
    const first: Manifest = {
      ...manifest,
      backupId: 6,
      state: 'FAILED',
      failure: { error: 'ComponentBackupFailed', message: 'There was a leader change' },
    };

    test('Another try that fails is told with what the try before came to', async () => {
      const { context } = setUp();
      await context.ledger.createManifest(first);
      await reportOfFailure({ ...run, failure, replaces: 6 }, context).tell({ manifest: failed });
      assert.equal(
        context.told[0]?.reason,
        'It took too long (This was another try; before it, the backup 6 failed: There was a leader change)',
      );
    });

    test('Another try that fails is told also where the manifest of the one before is gone', async () => {
      const { context } = setUp();
      await reportOfFailure({ ...run, failure, replaces: 6 }, context).tell({ manifest: failed });
      assert.match(context.told[0]?.reason ?? '', /before it, the backup 6 failed: its reason is not known/);
    });

    test('Another try that fails is told, with a warning, where the manifest of the one before cannot be read', async () => {
      const { context } = setUp();
      context.store.documents.set('production/backups/6/manifest.json', '{');
      await reportOfFailure({ ...run, failure, replaces: 6 }, context).tell({ manifest: failed });
      assert.equal(context.told[0]?.reason, 'It took too long');
      assert.match(context.warnings.join(), /The manifest of 6 could not be read/);
    });
  });

  test('A run that fails before it has a manifest is told all the same', async () => {
    const { context } = setUp();
    await reportOfFailure({ ...run, failure }, context).tell({ manifest: undefined });
    assert.equal(context.told[0]?.kind, 'backupFailed');
    assert.equal(context.told[0]?.manifest, undefined);
  });
});

describe('The ping of a monitor', () => {
  test('A ping says that a backup starts', async () => {
    const { fake, context } = setUp();
    await reportStarted(plan, context);
    assert.deepEqual(fake.calls(), [`GET ${pingUrl}/start`]);
    assert.deepEqual(context.warnings, []);
  });

  test('A ping is not made where none is configured', async () => {
    const { fake, context } = setUp(minimalYaml);
    await reportStarted(plan, context);
    assert.deepEqual(fake.calls(), []);
  });

  for (const { what, reply, says } of [
    { what: 'cannot be made', reply: noAnswer(pingUrl), says: /ECONNREFUSED/ },
    { what: 'is refused', reply: json(404, {}), says: /answered 404$/ },
  ] as const) {
    test(`A ping that ${what} harms no backup: it is a warning`, async () => {
      const { fake, context } = setUp();
      fake.replies[`GET ${pingUrl}`] = reply;
      fake.replies[`GET ${pingUrl}/fail`] = reply;
      await reportCompleted(completed, context);
      await reportOfFailure({ ...run, failure }, context).tell({ manifest: undefined });
      assert.equal(context.warnings.length, 2);
      for (const warning of context.warnings) assert.match(warning, says);
      assert.equal(context.told.length, 1);
    });
  }

  test('A ping does not wait long for a monitor that hangs', async () => {
    const { fake, context } = setUp();
    await reportStarted(plan, context);
    assert.equal(fake.requests[0]?.timeoutSeconds, 5);
  });
});
