import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from '@jest/globals';
import { verifyResult } from '../../../cli/verify/result.ts';
import type { Judgement } from '../../../core/ledger/verification.ts';
import { fileSystem } from '../../core/components/zeebe/store/written-by-hand.ts';
import { assertCode, type Bench, bench } from '../harness.ts';
import { manifest } from '../status/world.ts';

const components = ['zeebe', 'webApplications', 'optimize', 'records'] as const;

/** A simulated cluster of two partitions whose brokers write into a folder, as their documentation says. */
async function cluster(): Promise<Bench & { store: string }> {
  const on = await bench({ partitions: 2 });
  const store = path.join(on.folder, 'zeebe-store');
  await on.configure(({ zeebe, ...others }) => ({
    ...others,
    zeebe: { ...(typeof zeebe === 'object' ? zeebe : {}), store: { folder: store } },
  }));
  return Object.assign(on, { store });
}

function write(store: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(store, name)), { recursive: true });
    writeFileSync(path.join(store, name), text);
  }
}

/** What the brokers would have written for a backup. The simulated ones say where in their log it ends. */
function writeBackup(on: Bench & { store: string }, backupId: number, positions: number[] = []): void {
  const files = Object.entries(fileSystem(backupId)).map(([name, text]) => [
    name,
    text.replace('"checkpointPosition":71', () => {
      const partition = Number(/^manifests\/(\d+)/.exec(name)?.[1]);
      return `"checkpointPosition":${positions[partition - 1] ?? 71}`;
    }),
  ]);
  write(on.store, Object.fromEntries(files));
}

async function verified(on: Bench, code: number, ...args: string[]) {
  const ended = await on.call(['verify', '--json', ...args], {}).ended;
  assertCode(ended, code);
  return verifyResult.parse(JSON.parse(ended.stdout)).verifications;
}

const wrongIn = (judgements: Judgement[] = []) =>
  judgements.filter(({ verdict }) => verdict === 'wrong').map(({ name, subject }) => `${name} ${subject}`);

/** Takes a real backup, and writes what its brokers would have written. Returns its id. */
async function backedUp(on: Bench & { store: string }): Promise<number> {
  const ended = await on.run().ended;
  assertCode(ended, 0);
  const { backupId, components } = await on.manifest();
  const zeebe = components.find(({ component }) => component === 'zeebe');
  writeBackup(
    on,
    backupId,
    zeebe?.parts?.map(({ checkpointPosition }) => Number(checkpointPosition)),
  );
  return backupId;
}

describe('camunda-backup verify', () => {
  test('A complete backup is proven, a flipped bit in it is found, and so are a missing part, a failed backup, and one that a person made', async () => {
    const on = await cluster();
    const good = await backedUp(on);
    const [latest] = await verified(on, 0, '--latest', '--read-data');
    assert.equal(latest?.backupId, good);
    assert.notEqual(latest?.verdict, 'wrong');
    assert.deepEqual(latest?.read?.files, 4);
    assert.equal((await on.ledger.readVerification('test', good))?.verdict, latest?.verdict);

    const [byHand, damaged, failed] = [good + 100, good + 200, good + 300];
    for (const id of [byHand, damaged]) {
      for (const component of components) on.simulator.seedBackup(component, id);
      writeBackup(on, id);
    }
    const [made] = await verified(on, 4, String(byHand));
    assert.equal(made?.verdict, 'unknown');
    assert.deepEqual(wrongIn(made?.judgements), []);

    const url = `${on.simulator.urls.search}/_snapshot/${on.simulator.repository}`;
    await fetch(`${url}/camunda_zeebe_records_backup_${damaged}`, { method: 'DELETE' });
    const [lacking] = await verified(on, 1, String(damaged));
    assert.deepEqual(wrongIn(lacking?.judgements), ['components records', 'snapshots records']);

    await on.ledger.createManifest(
      manifest(failed, new Date().toISOString(), { cluster: 'test', state: 'FAILED' }),
    );
    const [ended] = await verified(on, 1, String(failed));
    assert.deepEqual(wrongIn(ended?.judgements), ['manifest ledger']);

    write(on.store, { [`contents/1/${good}/0/snapshot/000012.sst`]: '123456788' });
    const [unread] = await verified(on, 0, String(good));
    assert.deepEqual(wrongIn(unread?.judgements), []);
    const [flipped] = await verified(on, 1, String(good), '--read-data');
    assert.deepEqual(wrongIn(flipped?.judgements), ['data zeebe']);
    const [unreadAgain] = await verified(on, 1, String(good));
    assert.deepEqual(wrongIn(unreadAgain?.judgements), ['data zeebe']);
    assert.equal(unreadAgain?.judgements.find(({ name }) => name === 'data')?.seenAt, flipped?.verifiedAt);
    await on.assertAllIsWell();
  });

  test('`verify` prints a row for each judgement, the worst first, and the next command to type', async () => {
    const on = await cluster();
    for (const component of components) on.simulator.seedBackup(component, 7, 'FAILED');
    const ended = await on.call(['verify', '7'], {}).ended;
    assertCode(ended, 1);
    const lines = ended.stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^The backup 7 of test is NOT RIGHT: \d+ things are wrong\.$/);
    assert.equal(lines[1], 'VERDICT\tWHAT\tOF\tSEEN');
    assert.match(lines[2] ?? '', /^WRONG\tcomponents\tzeebe\tZeebe: the backup 7 is FAILED.* What to do: /);
    assert.match(lines.at(-1) ?? '', /^To take another backup, run: .* run/);
    const verdicts = lines.slice(2, -1).map((line) => line.split('\t')[0]);
    assert.deepEqual(
      verdicts,
      verdicts.toSorted((a, b) => rank(a) - rank(b)),
    );
  });

  test('`verify --all` verifies every completed backup of the ledger', async () => {
    const on = await cluster();
    for (const id of [5, 6]) {
      for (const component of components) on.simulator.seedBackup(component, id);
      const started = new Date(Date.now() - 3600_000).toISOString();
      await on.ledger.createManifest(manifest(id, started, { cluster: 'test' }));
    }
    await on.ledger.createManifest(
      manifest(7, new Date().toISOString(), { cluster: 'test', state: 'FAILED' }),
    );
    const found = await verified(on, 1, '--all');
    assert.deepEqual(
      found.map(({ backupId }) => backupId),
      [6, 5],
    );
  });

  for (const { args, code, says } of [
    { args: [], code: 2, says: /Give either the id of a backup, or --latest, or --all/ },
    { args: ['7', '--latest'], code: 2, says: /Several backups are named/ },
    { args: ['seven'], code: 2, says: /It must be a whole number above 0/ },
    { args: ['99'], code: 2, says: /There is no backup 99 of test.*\nWhat to do: .* run: .* list/ },
    { args: ['--latest'], code: 1, says: /has no record of test|does not exist yet/ },
  ]) {
    test(`\`verify ${args.join(' ')}\` ends with ${code} and says what to do`, async () => {
      const on = await cluster();
      const ended = await on.call(['verify', ...args], {}).ended;
      assertCode(ended, code);
      assert.match(ended.stderr, says);
      // The id of a mistake may be higher than any that the next backup could have.
      assert.deepEqual(await on.backupIds(), []);
    });
  }

  test('The result is shown and the exit code is 1 if the ledger cannot keep it', async () => {
    const on = await cluster();
    for (const component of components) on.simulator.seedBackup(component, 7);
    const started = new Date(Date.now() - 3600_000).toISOString();
    await on.ledger.createManifest(manifest(7, started, { cluster: 'test' }));
    await on.configure((settings) => ({ ...settings, verify: { require: [] } }));
    // A folder stands where the document belongs.
    mkdirSync(path.join(on.folder, 'ledger', 'test', 'backups', '7', 'verification.json', 'x'), {
      recursive: true,
    });
    const ended = await on.call(['verify', '7', '--json'], {}).ended;
    assertCode(ended, 1);
    const { verifications, failure } = verifyResult.parse(JSON.parse(ended.stdout));
    assert.equal(verifications[0]?.document, null);
    assert.equal(failure?.error, 'LedgerUnusable');
  });
});

const rank = (verdict = '') => ['WRONG', 'unknown', 'warning', 'proven'].indexOf(verdict);
