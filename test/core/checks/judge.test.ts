import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Facts } from '../../../core/checks/facts.ts';
import { judge, kept, requireReady, warningsOf } from '../../../core/checks/judge.ts';
import { chooseCluster } from '../../../core/config/schema.ts';
import type { ErrorName } from '../../../core/error-names.ts';
import { BackupError } from '../../../core/errors.ts';
import { at, yaml88 } from '../fake-cluster.ts';
import { testContext } from '../fakes.ts';
import { broker, factsOf, replica } from './facts-world.ts';
import { leader, own, setUp, shows } from './world.ts';

const readonly = { repository: { known: { readonly: 'setting' as const } } };
const lagging = { brokers: [broker(replica(1, { exportedPosition: 5 }), replica(2), replica(3))] };
const list = {
  target: { kind: 'zeebe', component: 'zeebe', url: at.zeebe, path: 'backupRuntime' } as const,
  backups: [],
};

const refusalOf = (facts: Facts) => {
  try {
    requireReady(facts, judge(facts));
  } catch (error) {
    assert(error instanceof BackupError);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
};

describe('What the facts say for and against a backup', () => {
  test('Facts of which nothing is wrong lead to no finding, and to the cluster that is backed up', () => {
    const facts = factsOf();
    assert.deepEqual(judge(facts), []);
    assert.equal(requireReady(facts, []), facts.cluster);
  });

  test('A finding says which check has found it, about which part of the cluster, and what to do', () => {
    const [found, ...others] = kept(judge(factsOf({ search: readonly })));
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...found, remedy: undefined },
      {
        name: 'repository',
        severity: 'error',
        subject: 'search',
        says: 'The snapshot repository camunda is registered readonly at http://es:9200: no snapshot can be taken',
        remedy: undefined,
      },
    );
    assert.match(found?.remedy ?? '', /^Register it again without `readonly`/);
  });

  test('What a check finds that is set to warn is a warning, and what another one finds still refuses', async () => {
    const yaml = `${yaml88}    checks: { exporterLag: warn }\n`;
    const { cluster } = chooseCluster(await testContext({ yaml }).config(), 'production');
    const facts = factsOf({ cluster: lagging, search: readonly, settings: cluster });
    const findings = judge(facts);
    assert.deepEqual(
      findings.map(({ name, severity }) => `${name} ${severity}`),
      ['repository error', 'exporterLag warning'],
    );
    assert.match(refusalOf(facts).message, /^Check repository: [^\n]*$/);
    assert.match(warningsOf(findings).join('\n'), /^Check exporterLag: the exporters of partition 1 [^\n]*$/);
  });

  test('What is found to be unknown refuses nothing, and is said as a warning with what to do', () => {
    const error = new BackupError('ListUnreadable', 'a bad one is among them', { remedy: 'Delete it.' });
    const facts = factsOf({ cluster: { lists: [{ ...list, error }] } });
    const findings = judge(facts);
    assert.deepEqual(
      findings.map(({ name, severity, subject }) => [name, severity, subject]),
      [['backupId', 'unknown', 'zeebe']],
    );
    assert.equal(requireReady(facts, findings), facts.cluster);
    assert.deepEqual(warningsOf(findings), [
      'A second backup could not be excluded: Zeebe cannot list its backups: a bad one is among them. Delete it. If a failed run left it, this command deletes it: camunda-backup repair --delete-leftovers',
    ]);
  });

  test('What is known of a cluster while something else makes a plan impossible is told beside that', () => {
    const error = new BackupError('ClusterNotReady', 'Zeebe names no partition');
    const problems = [{ subject: 'zeebe' as const, error }];
    const facts = { ...factsOf({ search: readonly }), cluster: undefined, problems };
    assert.match(refusalOf(facts).message, /the first: Zeebe names no partition\n {2}- Check repository: /);
  });

  for (const { names, refusal } of [
    { names: ['ServerTrouble'], refusal: 'ServerTrouble' },
    { names: ['Unreachable', 'ServerTrouble'], refusal: 'Unreachable' },
    { names: ['ComponentBusy', 'ServerTrouble'], refusal: 'ComponentBusy' },
    { names: ['Unreachable', 'RequestRefused'], refusal: 'ClusterNotReady' },
  ] satisfies { names: ErrorName[]; refusal: ErrorName }[]) {
    test(`A backup that is refused by ${names.join(' and ')} is refused with ${refusal}`, () => {
      const problems = names.map((name) => ({
        subject: 'zeebe' as const,
        error: new BackupError(name, 'something'),
      }));
      assert.equal(refusalOf({ ...factsOf(), problems }).name, refusal);
    });
  }

  test('An error that refuses a backup keeps what was thrown where the check looked', () => {
    const unknown = new BackupError('ServerTrouble', 'node 2 cannot write', { status: 500 });
    const { name, status, cause } = refusalOf(factsOf({ search: { verified: { unknown } } }));
    assert.deepEqual([name, status, cause], ['ServerTrouble', 500, unknown]);
  });
});

describe('The findings beside a manifest', () => {
  test('What is written down for a restore keeps what was found and did not refuse, with what to do about it', async () => {
    const { context, prepare } = setUp({
      replies: { [own]: shows(leader, { ...leader, exportedPosition: 99_999 }, leader) },
      settings: '    checks: { exporterLag: warn }\n',
    });
    const { backupId, warnings } = await prepare();
    const { findings = [] } = (await context.ledger.readRestoreFacts('production', backupId)) ?? {};
    assert.deepEqual(
      findings.map(({ name, severity, subject, says }) => ({ name, severity, subject, says })),
      [
        {
          name: 'exporterLag',
          severity: 'warning',
          subject: 'zeebe',
          says: warnings[0]?.replace('Check exporterLag: ', ''),
        },
      ],
    );
    assert.match(findings[0]?.remedy ?? '', /maxExporterLag/);
  });

  test('There are no findings where nothing was found', async () => {
    const { context, prepare } = setUp({ replies: {} });
    const { backupId } = await prepare();
    assert.deepEqual((await context.ledger.readRestoreFacts('production', backupId))?.findings, []);
  });
});
