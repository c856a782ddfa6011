import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { gatherReplication, judgeReplication } from '../../../core/verify/replication.ts';
import { gatherStore } from '../../../core/verify/store-seen.ts';
import { storeInFolder } from '../components/zeebe/store/store-world.ts';
import { fileSystem } from '../components/zeebe/store/written-by-hand.ts';
import { backupId } from './world.ts';

/** The judgement about the copies of a backup of eight files and two manifests, whose states S3 shows as told. */
async function judgementOf(stateOf: (name: string) => string | undefined, isRequired = false) {
  const store = storeInFolder(fileSystem(backupId));
  const asked: string[] = [];
  store.files.replication = async (name) => {
    asked.push(name);
    return stateOf(name);
  };
  const seen = await gatherStore(backupId, store);
  const judgements = judgeReplication(await gatherReplication(seen, store), { isRequired });
  return { asked, said: judgements.map(({ verdict, says }) => `${verdict}: ${says}`) };
}

const refused = () => {
  throw new BackupError('RequestRefused', 'HeadObject: Access Denied');
};

for (const { what, stateOf, said } of [
  {
    what: 'Files that are all copied are proven to be',
    stateOf: () => 'COMPLETED',
    said: /^proven: Every file .* \(10\)/,
  },
  {
    what: 'A file that could not be copied is a warning, because the backup itself is not affected',
    stateOf: (name: string) => (name.endsWith('2/1748937221/0/snapshot/000012.sst') ? 'FAILED' : 'COMPLETED'),
    said: /^warning: S3 could not copy 1 file .*000012\.sst/,
  },
  {
    what: 'A file that is not copied yet is unknown',
    stateOf: (name: string) => (name.endsWith('.log') ? 'PENDING' : 'COMPLETED'),
    said: /^unknown: Whether 2 of 10 files/,
  },
  {
    what: 'A file without a state beside copied ones is unknown',
    stateOf: (name: string) => (name.endsWith('.log') ? undefined : 'REPLICA'),
    said: /^unknown: Whether 2 of 10 files/,
  },
  { what: 'A refused question is unknown', stateOf: refused, said: /^unknown: HeadObject: Access Denied/ },
]) {
  test(what, async () => {
    const { said: found } = await judgementOf(stateOf);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', said);
  });
}

test('A file that could not be copied is wrong if the copies must be known', async () => {
  const { said } = await judgementOf(() => 'FAILED', true);
  assert.match(said.join(), /^wrong: S3 could not copy 10 files/);
});

test('Where S3 copies no manifest, nothing is asked about the other files, and nothing is said', async () => {
  const { asked, said } = await judgementOf(() => undefined);
  assert.deepEqual(said, []);
  assert.equal(asked.length, 2);
});
