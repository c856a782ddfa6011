import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { work } from '../../../lambdas/guard/guard-running-backups.ts';
import type { GuardProperties } from '../../../lambdas/guard/request.ts';
import { execution, guardWorld, heldLock, properties, type Surroundings, stackId } from './guard-world.ts';

const [production, older] = properties.Clusters;
assert(production && older);
const after = (changes: Partial<GuardProperties>): GuardProperties => ({ ...properties, ...changes });

const update = (changes: Partial<GuardProperties>, before = properties) => ({
  RequestType: 'Update',
  StackId: stackId,
  ResourceProperties: after(changes),
  OldResourceProperties: before,
});
const deletion = {
  RequestType: 'Delete',
  StackId: stackId,
  ResourceProperties: after({ Guards: 'deletion' }),
};
const removal = update({ Clusters: [older] });

const held: Partial<Surroundings> = {
  locks: [heldLock],
  running: { [execution]: '{"cluster":"production"}' },
};
const deleting: Partial<Surroundings> = { status: 'DELETE_IN_PROGRESS' };

async function refused(event: object, surroundings: Partial<Surroundings> = {}): Promise<string | undefined> {
  return (await work(await guardWorld(surroundings))(event)).refused;
}

/** The reason of a refusal. Fails if the change goes on. */
async function reasonOf(event: object, surroundings: Partial<Surroundings> = {}): Promise<string> {
  const reason = await refused(event, surroundings);
  assert(reason !== undefined, 'the change goes on');
  return reason;
}

describe('A change that takes something away from a cluster while its lock is held is refused', () => {
  for (const { what, event, names, status = 'UPDATE_IN_PROGRESS' } of [
    {
      what: 'another prefix of the ledger',
      event: update({ Prefix: 'elsewhere/' }),
      names: /away: the ledger in the bucket of the stack below ledger\/\./,
    },
    {
      what: 'another bucket of the ledger',
      event: update({ BucketName: 'my-bucket' }),
      names: /away: the ledger in the bucket of the stack below ledger\/\./,
    },
    {
      what: 'the removal of the cluster',
      event: removal,
      names: /away: the cluster production, the secret elasticsearch\./,
    },
    {
      what: 'another name of the cluster',
      event: update({ Clusters: [{ ...production, Name: 'prod' }, older] }),
      names: /away: the cluster production\./,
    },
    {
      what: 'the removal of a secret',
      event: update({ Clusters: [{ ...production, Reach: [] }, older] }),
      names: /away: the secret elasticsearch\./,
    },
    {
      what: 'the removal of a right',
      event: update({ Reach: [] }),
      names: /away: the right of ResumeExporting to write \*\/lock\.json\./,
    },
    {
      what: 'the deletion of the stack',
      event: deletion,
      names: /deletion of the stack would take away: the watchdog and the functions/,
      status: 'DELETE_IN_PROGRESS',
    },
  ]) {
    test(`The guard refuses ${what} and names the cluster, the backup and the commands`, async () => {
      const reason = await reasonOf(event, { ...held, status });
      assert.match(reason, names);
      assert.match(reason, /The lock of production is held by the backup 20261121090000/);
      assert.match(reason, /npx camunda-backup watch --stack camunda-backup --execution run-1\./);
      assert.match(reason, /aws stepfunctions stop-execution --region eu-central-1 --execution-arn arn:aws:/);
    });

    test(`The guard lets ${what} go on if no lock is held`, async () => {
      assert.equal(await refused(event, { status }), undefined);
    });
  }
});

describe('A change that takes nothing away from the cluster at work goes on', () => {
  const grown = {
    Clusters: [production, older, { Name: 'new', Reach: [] }],
    Reach: [...properties.Reach, 'b'],
  };
  const moved = {
    Clusters: [
      { ...production, Reach: [] },
      { ...older, Reach: production.Reach },
    ],
  };
  for (const { what, event } of [
    { what: 'adds a cluster and a right', event: update(grown) },
    { what: 'removes another cluster', event: update({ Clusters: [production] }) },
    { what: 'moves a secret to another cluster, so that it may still be read', event: update(moved) },
    { what: 'comes to the resource for the deletion', event: update({ Guards: 'deletion', Clusters: [] }) },
  ]) {
    test(`The guard lets an update go on that ${what}`, async () => {
      assert.equal(await refused(event, held), undefined);
    });
  }

  test('An update that takes nothing away asks AWS nothing', async () => {
    const world = await guardWorld(held);
    assert.deepEqual(await work(world)(update({})), {});
    assert.deepEqual(world.asked, []);
  });

  test('The guard looks for the lock in the ledger from before the update', async () => {
    const world = await guardWorld();
    await work(world)(update({ Prefix: 'elsewhere/' }));
    assert.ok(world.asked.includes('ledger s3://the-bucket/ledger/'));
  });
});

describe('A rollback is never blocked', () => {
  const creation = { RequestType: 'Create', StackId: stackId, ResourceProperties: properties };
  const lastResource = { ...deletion, ResourceProperties: properties };
  for (const { what, event, status } of [
    { what: 'the creation', event: creation, status: 'CREATE_IN_PROGRESS' },
    {
      what: 'the deletion after a first deployment that failed',
      event: deletion,
      status: 'ROLLBACK_IN_PROGRESS',
    },
    {
      what: 'the rollback of an update, which takes away what the update has added',
      event: update({ Clusters: [] }),
      status: 'UPDATE_ROLLBACK_IN_PROGRESS',
    },
    {
      what: 'the deletion in the rollback of an update that created the guard',
      event: deletion,
      status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    },
    {
      what: 'the deletion after an update that removed the guard',
      event: deletion,
      status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    },
    {
      what: 'the deletion of the resource that is deleted last',
      event: lastResource,
      status: 'DELETE_IN_PROGRESS',
    },
  ]) {
    test(`The guard lets ${what} go on while a lock is held`, async () => {
      assert.equal(await refused(event, { ...held, status }), undefined);
    });
  }

  test('A deletion goes on if the stack has no bucket, as after a first deployment that failed early', async () => {
    const trouble = new BackupError('LedgerError', 'nobody may ask');
    assert.equal(await refused(deletion, { ...deleting, resources: {}, trouble }), undefined);
  });

  test('A deletion goes on if neither the status of the stack nor the ledger can be read', async () => {
    const status = new Error('throttled');
    const trouble = new BackupError('LedgerError', 'throttled too');
    assert.equal(await refused(deletion, { ...held, status, trouble }), undefined);
    assert.equal(await refused(deletion, { status }), undefined);
  });

  test('A deletion goes on if the bucket was deleted by hand', async () => {
    const cause = Object.assign(new Error('The specified bucket does not exist'), { name: 'NoSuchBucket' });
    const trouble = new BackupError('LedgerUnusable', 'Cannot read', { cause });
    assert.equal(await refused(deletion, { ...deleting, trouble }), undefined);
  });
});

describe('What is not known counts as a backup at work', () => {
  const trouble = new BackupError('LedgerUnusable', 'Cannot read s3://the-bucket: AccessDenied', {
    remedy: 'Allow s3:GetObject.',
  });

  test('An update that takes something away is refused if the ledger cannot be read', async () => {
    assert.match(
      await reasonOf(removal, { trouble }),
      /It is not known whether a backup is at work on production: .*AccessDenied\. Allow s3:GetObject\. Then deploy again\./,
    );
  });

  test('The deletion of the stack is refused if the ledger cannot be read, with the page that says how to force it', async () => {
    const reason = await reasonOf(deletion, { ...deleting, trouble });
    assert.match(reason, /not known .* production, older: .*docs\/deployment\.md says how/);
  });

  test('An update that takes something away is refused if the ledger does not answer in time', async () => {
    assert.match(await reasonOf(removal, { silent: true }), /no answer within 30 s/);
  });

  test('An update that takes something away is refused while a lock is held if the status of the stack cannot be read', async () => {
    const status = new Error('not authorized');
    assert.match(await reasonOf(removal, { ...held, status }), /is held by the backup/);
    assert.equal(await refused(removal, { status }), undefined);
  });

  test('The deletion of the stack is refused while a lock is held if the status of the stack cannot be read', async () => {
    assert.match(
      await reasonOf(deletion, { ...held, status: new Error('throttled') }),
      /is held by the backup/,
    );
  });

  test('An update that takes something away is refused if the lock cannot be read, with the command that frees it', async () => {
    const reason = await reasonOf(removal, { lockText: '{"format":9,"runId":1}' });
    assert.match(
      reason,
      /not known .* production: .*repair --stack camunda-backup --cluster production --force/,
    );
  });
});

describe('The reason says who is at work and what to do', () => {
  test('A lock whose execution has ended waits for the watchdog or for repair', async () => {
    const reason = await reasonOf(removal, { locks: [heldLock] });
    assert.match(reason, /The execution has ended: the watchdog frees the lock within five minutes/);
    assert.match(reason, /npx camunda-backup repair --stack camunda-backup --cluster production/);
  });

  test('A lock that waits for its own command is not repaired', async () => {
    const reason = await reasonOf(removal, { locks: [{ ...heldLock, purpose: 'restore' }] });
    assert.match(reason, /held by the restore of the backup .*Only the command that took this lock/);
    assert.doesNotMatch(reason, /repair --cluster/);
  });

  test('A run outside AWS is waited for or ended where it runs', async () => {
    const owner = { kind: 'process', host: 'bastion', pid: 7 } as const;
    const reason = await reasonOf(removal, { locks: [{ ...heldLock, runId: 'run-7', owner }] });
    assert.match(reason, /process 7 on bastion.*Wait until it has ended/);
  });

  test('The reason says that exporting may be paused on behalf of the lock', async () => {
    const target = {
      url: 'http://zeebe:9600',
      brokers: ['http://zeebe:9600'],
      partitions: 1,
      provable: true,
    };
    const pause = { target, requestedAt: '2026-11-21T09:00:01.000Z' };
    const reason = await reasonOf(removal, { ...held, locks: [{ ...heldLock, pause }] });
    assert.match(reason, /Exporting may be paused on its behalf\./);
  });

  test('An execution of the cluster that has no lock yet is at work', async () => {
    const reason = await reasonOf(removal, { running: { [execution]: '{"cluster":"production"}' } });
    assert.match(reason, /An execution for production runs that has no lock at the moment .*run-1/);
  });

  for (const { what, input } of [
    { what: 'of another cluster', input: '{"cluster":"older"}' },
    { what: 'with an input that is refused before anything is paused', input: '7' },
  ]) {
    test(`An execution ${what} that has no lock is not in the way`, async () => {
      assert.equal(await refused(removal, { running: { [execution]: input } }), undefined);
    });
  }

  test('The reason stays short if many clusters are at work', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `cluster-${index}`);
    const Clusters = names.map((Name) => ({ Name, Reach: [`the secret ${'x'.repeat(90)}-${Name}`] }));
    const locks = names.map((cluster) => ({ ...heldLock, cluster, runId: cluster }));
    const reason = await reasonOf(update({ Clusters: [] }, after({ Clusters })), { locks });
    assert.ok(Buffer.byteLength(reason) < 3000);
    assert.match(reason, /Then deploy again\.$/);
  });

  test('The commands in the reason are whole if many clusters with long names are at work', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `${'n'.repeat(40)}-${index}`);
    const Clusters = names.map((Name) => ({ Name, Reach: [`the secret ${'x'.repeat(90)}-${Name}`] }));
    const executionOf = (name: string) => execution.replace('run-1', `${'e'.repeat(75)}-${name.at(-1)}`);
    const locks = names.map((cluster) => {
      const arn = executionOf(cluster);
      return { ...heldLock, cluster, runId: arn, owner: { kind: 'execution', arn } as const };
    });
    const running = Object.fromEntries(
      names.map((cluster) => [executionOf(cluster), JSON.stringify({ cluster })]),
    );
    const reason = await reasonOf(update({ Clusters: [] }, after({ Clusters })), { locks, running });
    const commands = reason.match(/ aws stepfunctions stop-execution \S+ \S+ \S+ \S+\. /g);
    assert.deepEqual(
      commands?.map((command) => command.trim().split(' ').at(-1)),
      names.slice(0, 2).map((name) => `${executionOf(name)}.`),
    );
    assert.match(reason, /There are 3 more\. Then deploy again\.$/);
    assert.ok(Buffer.byteLength(reason) < 3500);
  });
});
