import assert from 'node:assert/strict';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { test } from '@jest/globals';
import { verifyResult } from '../../cli/verify/result.ts';
import { fileSystem } from '../core/components/zeebe/store/written-by-hand.ts';
import { camundaBackup } from '../support/command.ts';
import { type DeployedStack, secretValue, zeebeBucket } from './deployed-stack.ts';

/** What three brokers would have written for a backup: the one of the second partition stands for the third one. */
function filesOf(backupId: number, positions: (number | string | undefined)[]): Map<string, string> {
  const two = Object.entries(fileSystem(backupId));
  const third = two
    .filter(([name]) => /^\w+\/2\//.test(name))
    .map(([name, text]): [string, string] => [
      name.replace('/2/', '/3/'),
      text.replace('"partitionId":2', '"partitionId":3'),
    ]);
  return new Map(
    [...two, ...third].map(([name, text]) => {
      const partition = Number(/^\w+\/(\d+)/.exec(name)?.[1]);
      return [
        name,
        text
          .replace('"numberOfPartitions":2', '"numberOfPartitions":3')
          .replace('"checkpointPosition":71', `"checkpointPosition":${positions[partition - 1] ?? 71}`),
      ];
    }),
  );
}

/** Verifies backups on the stack, from the command line. */
async function verify(stack: DeployedStack, code: number, ...args: string[]) {
  const command = ['verify', ...args, '--stack', stack.stackName, '--cluster', 'production', '--json'];
  const ended = await camundaBackup(command, { env: stack.emulator.environment }).ended;
  assert.equal(ended.code, code, `${ended.stdout}\n${ended.stderr}`);
  const [verified] = verifyResult.parse(JSON.parse(ended.stdout)).verifications;
  assert(verified);
  const wrong = verified.judgements.filter(({ verdict }) => verdict === 'wrong');
  return { ...verified, wrong: wrong.map(({ name, subject }) => `${name} ${subject}`) };
}

/** A backup of the stack is right as long as nothing of it is damaged. */
export function verifiedOnTheStack(on: () => DeployedStack): void {
  test('A backup is verified on the stack, with the contents of its snapshots, and what is damaged is found and told', async () => {
    const stack = on();
    const { ledger, simulator } = stack;
    const { s3 } = stack.clients;
    const manifest = await ledger.lastCompleted(
      'production',
      (await ledger.backupIds('production')).reverse(),
    );
    assert(manifest);
    const { backupId, components } = manifest;
    const parts = components.find(({ component }) => component === 'zeebe')?.parts ?? [];
    const files = filesOf(
      backupId,
      parts.map(({ checkpointPosition }) => checkpointPosition),
    );
    await s3.send(new CreateBucketCommand({ Bucket: zeebeBucket }));
    for (const [Key, Body] of files) {
      await s3.send(new PutObjectCommand({ Bucket: zeebeBucket, Key, Body }));
    }

    const right = await verify(stack, 0, '--latest', '--read-data');
    assert.equal(right.backupId, backupId);
    assert.deepEqual(right.wrong, []);
    assert.equal(right.read?.files, 6);
    assert.equal((await ledger.readVerification('production', backupId))?.verdict, right.verdict);

    const Key = `contents/3/${backupId}/0/snapshot/000012.sst`;
    await s3.send(new PutObjectCommand({ Bucket: zeebeBucket, Key, Body: '123456788' }));
    const records = `${simulator.urls.search}/_snapshot/${simulator.repository}/camunda_zeebe_records_backup_${backupId}`;
    const authorization = `Basic ${Buffer.from(`backup:${secretValue}`).toString('base64')}`;
    const { status } = await fetch(records, { method: 'DELETE', headers: { authorization } });
    assert.equal(status, 200);
    const damaged = await verify(stack, 1, String(backupId), '--read-data');
    assert.deepEqual(damaged.wrong, ['components records', 'snapshots records', 'data zeebe']);
    const { text } = await stack.notification(({ attributes }) =>
      (attributes['facts'] ?? '').includes('backupDamaged'),
    );
    assert.match(text, /000012\.sst has the CRC-32C/);
    assert.equal((await ledger.lookForUse('production', backupId)).inUse, undefined);
  });
}
