import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import type { Alert } from '../../../core/alert.ts';
import { executionUrl, messageOf } from '../../../core/tell/alert-message.ts';
import { runbookHeadings, runbookPlace } from '../../../core/tell/runbook.ts';

const kinds: Alert['kind'][] = [
  'backupFailed',
  'exportingLeftPaused',
  'noRecentBackup',
  'runAbandoned',
  'watchdogFailing',
  'deadLetterQueueNotEmpty',
  'backupCompleted',
];
const arn = 'arn:aws:states:eu-central-1:123456789012:execution:camunda-backup:run-1';

function alert(rest: Partial<Alert> = {}): Alert {
  return {
    kind: 'backupFailed',
    severity: 'WARNING',
    cluster: 'production',
    backupId: 1_795_251_600,
    component: 'Operate',
    reason: 'Operate says that its backup is FAILED: disk full',
    remedy: 'Free space on the disk.',
    execution: executionUrl(arn),
    manifest: 's3://my-backups/production/backups/1795251600/manifest.json',
    ...rest,
  };
}

describe('The subject of an alert', () => {
  test('The subject of an alert says how bad it is, of which cluster, and what happened', () => {
    assert.equal(messageOf(alert()).subject, 'Camunda production: backup FAILED');
    assert.equal(
      messageOf(alert({ kind: 'exportingLeftPaused', severity: 'CRITICAL' })).subject,
      'CRITICAL: Camunda production: exporting is STILL PAUSED',
    );
  });

  for (const kind of kinds) {
    for (const severity of ['CRITICAL', 'WARNING', 'INFO'] as const) {
      test(`The subject of ${kind}, ${severity}, is at most 99 characters of ASCII without a line break`, () => {
        // The longest name that a cluster can have, and one that it cannot have.
        for (const cluster of ['p'.repeat(63), 'Zürich\nBüro 雪'.repeat(20)]) {
          const { subject } = messageOf(alert({ kind, severity, cluster }));
          assert.match(subject, /^[\x20-\x7e]{1,99}$/);
        }
      });
    }

    test(`The subject of ${kind} is not cut off for the names that clusters have`, () => {
      const { subject, text } = messageOf(alert({ kind, severity: 'CRITICAL', cluster: 'p'.repeat(40) }));
      assert(subject.length <= 99);
      assert(text.startsWith(`${subject}. `));
    });
  }
});

describe('The text of an alert', () => {
  test('The text of an alert says in its first line everything that an SMS has to say', () => {
    const [first, second] = messageOf(alert()).text.split('\n');
    assert.equal(
      first,
      'Camunda production: backup FAILED. Operate says that its backup is FAILED: disk full',
    );
    assert.equal(second, 'What to do: Free space on the disk.');
  });

  test('The text of an alert holds every fact, one a line, with the place in the runbook', () => {
    assert.equal(
      messageOf(alert()).text,
      [
        'Camunda production: backup FAILED. Operate says that its backup is FAILED: disk full',
        'What to do: Free space on the disk.',
        '',
        'Backup: 1795251600',
        'Component: Operate',
        `Execution: https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${arn}`,
        'Manifest: s3://my-backups/production/backups/1795251600/manifest.json',
        'Runbook: docs/runbook.md of camunda-backup, "Backup failed"',
        '',
      ].join('\n'),
    );
  });

  test('The text of an alert leaves out what is not known', () => {
    const bare = {
      kind: 'backupCompleted',
      severity: 'INFO',
      cluster: 'production',
      reason: 'All is well.',
    } as const;
    assert.equal(messageOf(bare).text, 'Camunda production: backup complete. All is well.\n');
  });

  test('The text of what went well links to no runbook', () => {
    assert.doesNotMatch(messageOf(alert({ kind: 'backupCompleted', severity: 'INFO' })).text, /Runbook/);
  });
});

describe('The attributes of an alert', () => {
  test('The attributes of an alert are what a subscription filters on, and the facts as JSON', () => {
    const given = alert();
    const { attributes } = messageOf(given);
    const { facts, ...filters } = attributes;
    assert.deepEqual(filters, { kind: 'backupFailed', severity: 'WARNING', cluster: 'production' });
    assert.deepEqual(JSON.parse(facts ?? ''), given);
  });

  test('The attributes of an alert are texts, none of them empty: SNS refuses those', () => {
    const bare = { kind: 'noRecentBackup', severity: 'CRITICAL', cluster: 'production', reason: '' } as const;
    for (const [name, value] of Object.entries(messageOf(bare).attributes)) assert(value.length > 0, name);
  });
});

describe('The page of an execution', () => {
  test('The page of an execution is in the region of its ARN', () => {
    assert.match(
      executionUrl(arn) ?? '',
      /^https:\/\/eu-central-1\.console\.aws\.amazon\.com\/states\/home\?region=eu-central-1#/,
    );
  });

  for (const { partition, region, host } of [
    { partition: 'aws-cn', region: 'cn-north-1', host: 'cn-north-1.console.amazonaws.cn' },
    { partition: 'aws-us-gov', region: 'us-gov-west-1', host: 'us-gov-west-1.console.amazonaws-us-gov.com' },
    { partition: 'aws-eusc', region: 'eusc-de-east-1', host: 'eusc-de-east-1.console.amazonaws-eusc.eu' },
  ] as const) {
    test(`The page of an execution is in the console of its partition: ${partition}`, () => {
      const runId = `arn:${partition}:states:${region}:123456789012:execution:camunda-backup:run-1`;
      assert.equal(
        executionUrl(runId),
        `https://${host}/states/home?region=${region}#/v2/executions/details/${runId}`,
      );
    });
  }

  for (const runId of [
    'local-1234',
    '',
    'arn:aws:s3:::bucket',
    'arn:aws-elsewhere:states:moon-1:123456789012:execution:camunda-backup:run-1',
    'arn:aws:states:eu-central-1:123456789012:stateMachine:camunda-backup',
  ]) {
    test(`There is no page of an execution for ${JSON.stringify(runId)}`, () => {
      assert.equal(executionUrl(runId), undefined);
    });
  }
});

describe('The place in the runbook', () => {
  test('The place in the runbook is the page of this package where no address is configured, without a link', () => {
    assert.doesNotMatch(messageOf(alert({ execution: undefined })).text, /https?:/);
  });

  for (const { address, place } of [
    {
      address: 'https://git.example.com/docs/runbook.md',
      place: 'https://git.example.com/docs/runbook.md#exporting-left-paused',
    },
    { address: 'https://wiki.example.com/page#camunda', place: 'https://wiki.example.com/page#camunda' },
  ] as const) {
    test(`The place in the runbook is below the configured address ${address}`, () => {
      const { text } = messageOf(alert({ kind: 'exportingLeftPaused' }), address);
      assert.match(text, new RegExp(`^Runbook: ${place}$`, 'm'));
    });
  }

  test('The place in the runbook at GitHub has the fragment of a heading with a hyphen in it', () => {
    assert.match(runbookPlace('deadLetterQueueNotEmpty', 'https://x'), /#dead-letter-queue-not-empty$/);
  });
});

test('Every alert names a heading that the runbook has', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  for (const [kind, heading] of Object.entries(runbookHeadings)) {
    assert.match(runbook, new RegExp(`^#+ ${heading}$`, 'm'), kind);
  }
});
