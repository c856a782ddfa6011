import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { ledgerTrouble } from '../../../../core/error-names.ts';
import { BackupError, isBackupError } from '../../../../core/errors.ts';
import { folderStore } from '../../../../core/ledger/store/folder.ts';
import { pretendDate } from '../../../support/fake-timers.ts';
import { unless } from '../../../support/unless.ts';
import { failureOf } from '../../fakes.ts';
import { storeContract } from './contract.ts';

let base = '';
beforeAll(async () => {
  base = await fs.mkdtemp(path.join(tmpdir(), 'camunda-backup-ledger-'));
});
afterAll(() => fs.rm(base, { recursive: true, force: true }));
const fresh = () => fs.mkdtemp(path.join(base, 'ledger-'));

storeContract('folderStore', async () => folderStore(path.join(await fresh(), 'not', 'there', 'yet')), {
  makeOlder: (store, key, seconds) => backdate(store.location(key), seconds),
});

async function backdate(file: string, seconds: number) {
  const then = (await fs.stat(file)).mtimeMs / 1000 - seconds;
  await fs.utimes(file, then, then);
}

const withoutHardLinks = async () => {
  throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
};

async function ledgerError(action: Promise<unknown>, ...mentions: (string | RegExp)[]) {
  const error = await action.then(
    () => assert.fail('it did not throw'),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof BackupError);
  assert(isBackupError(error, ...ledgerTrouble));
  assert(error.remedy);
  for (const mention of mentions) {
    assert.match(
      `${error.message}\n${error.remedy}`,
      mention instanceof RegExp ? mention : literally(mention),
    );
  }
}

const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

describe('The folderStore on a disk', () => {
  it('A folderStore says where a document is, absolutely', async () => {
    const folder = await fresh();
    const store = folderStore(path.relative(process.cwd(), folder));
    assert.equal(store.location('production/lock.json'), path.join(folder, 'production', 'lock.json'));
  });

  it('A folderStore is not there before its first document', async () => {
    const folder = path.join(await fresh(), 'ledger');
    const store = folderStore(folder);
    assert.equal(store.home, folder);
    assert.equal(await store.exists(), false);
    await store.create('production/lock.json', '{}');
    assert.equal(await store.exists(), true);
  });

  unless(process.platform === 'win32' && 'Windows has no file modes').it(
    'A folderStore keeps files and folders to their owner, and leaves none of its own behind',
    async () => {
      const folder = path.join(await fresh(), 'ledger');
      const store = folderStore(folder);
      await store.create('production/created.json', '{}');
      await store.write('production/written.json', '{}');
      const read = await store.read('production/created.json');
      assert(read);
      await store.replace('production/created.json', '{"new":true}', read.version);
      await store.create('production/created.json', 'no');
      await store.create('production/removed.json', '{}');
      await store.remove('production/removed.json');
      assert.deepEqual([...(await fs.readdir(path.join(folder, 'production')))].sort(), [
        'created.json',
        'written.json',
      ]);
      for (const { name, mode } of [
        { name: '.', mode: 0o700 },
        { name: 'production', mode: 0o700 },
        { name: 'production/created.json', mode: 0o600 },
        { name: 'production/written.json', mode: 0o600 },
      ] as const) {
        assert.equal((await fs.stat(path.join(folder, name))).mode & 0o777, mode, name);
      }
    },
  );

  it('A folderStore lists no file that a crash left behind', async () => {
    const folder = await fresh();
    const store = folderStore(folder);
    await store.create('a/lock.json', '{}');
    await fs.writeFile(path.join(folder, 'a', 'lock.json.0f8fad5b.tmp'), 'half a te');
    await fs.writeFile(path.join(folder, 'a', 'lock.json.replacing'), '');
    assert.deepEqual(await store.list('a/'), ['a/lock.json']);
  });

  it('A folderStore creates exclusively on a file system without hard links', async () => {
    const folder = await fresh();
    const store = folderStore(folder, { link: withoutHardLinks });
    const won = await Promise.all(
      Array.from({ length: 50 }, (_, run) => store.create('lock.json', `run-${run}`)),
    );
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal((await store.read('lock.json'))?.text, `run-${won.indexOf(true)}`);
    assert.deepEqual([...(await fs.readdir(folder))], ['lock.json']);
  });

  it('A folderStore breaks the guard of a process that died, once', async () => {
    const folder = await fresh();
    const store = folderStore(folder);
    await store.create('lock.json', 'first');
    const first = await store.read('lock.json');
    assert(first);
    const guard = path.join(folder, 'lock.json.replacing');
    await fs.writeFile(guard, 'whoever that was');
    await backdate(guard, 60);
    const won = await Promise.all(
      Array.from({ length: 20 }, (_, run) => store.replace('lock.json', `run-${run}`, first.version)),
    );
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal((await store.read('lock.json'))?.text, `run-${won.indexOf(true)}`);
    assert.deepEqual([...(await fs.readdir(folder))], ['lock.json']);
  });

  it('A folderStore breaks the guard of a process that died, whatever the clock of this machine says', async () => {
    const folder = await fresh();
    const store = folderStore(folder);
    const guard = path.join(folder, 'lock.json.replacing');
    for (const wrongBy of [-3_600_000, 3_600_000]) {
      await fs.writeFile(guard, 'whoever that was');
      await backdate(guard, 60);
      pretendDate(Date.now() + wrongBy);
      await store.write('lock.json', `${wrongBy}`);
      jest.useRealTimers();
      assert.deepEqual([...(await fs.readdir(folder))], ['lock.json']);
    }
  });

  it('A folderStore waits for the guard of a process that lives, also where the file server’s clock is behind', async () => {
    const folder = await fresh();
    const store = folderStore(folder);
    await store.create('lock.json', 'first');
    const guard = path.join(folder, 'lock.json.replacing');
    await fs.writeFile(guard, 'another process');
    pretendDate(Date.now() + 3_600_000);
    let done = false;
    const writing = store.write('lock.json', 'second').then(() => {
      done = true;
    });
    await sleep(200);
    assert.equal(done, false);
    assert.equal((await store.read('lock.json'))?.text, 'first');
    await fs.rm(guard);
    await writing;
    assert.equal((await store.read('lock.json'))?.text, 'second');
  });

  it('A folderStore loses no update of several processes', async () => {
    const folder = await fresh();
    const store = folderStore(folder);
    await store.create('counter.json', '0');
    const program = `
      import { folderStore } from ${JSON.stringify(new URL('../../../../core/ledger/store/folder.ts', import.meta.url).href)};
      const store = folderStore(${JSON.stringify(folder)});
      for (let added = 0; added < 15; ) {
        const before = await store.read('counter.json');
        if (await store.replace('counter.json', String(Number(before.text) + 1), before.version)) added += 1;
      }`;
    const exits = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code] = await once(child, 'exit');
      return code;
    });
    assert.deepEqual(await Promise.all(exits), [0, 0, 0, 0]);
    assert.equal((await store.read('counter.json'))?.text, '60');
  });

  it('A folderStore says when a file is in the way', async () => {
    const folder = path.join(await fresh(), 'ledger');
    await fs.writeFile(folder, 'not a folder');
    const store = folderStore(folder);
    await ledgerError(
      store.read('a/lock.json'),
      `Cannot read ${path.join(folder, 'a', 'lock.json')}`,
      'ENOTDIR',
    );
    await ledgerError(
      store.create('a/lock.json', '{}'),
      `Cannot create ${path.join(folder, 'a', 'lock.json')}`,
      /ENOTDIR|EEXIST/,
      'move it',
    );
    await ledgerError(store.write('lock.json', '{}'), `Cannot write ${path.join(folder, 'lock.json')}`);
    await ledgerError(store.list(''), `Cannot list ${folder}`, 'ENOTDIR');
  });

  it('A folderStore says when a name is too long', async () => {
    const key = `${'x'.repeat(300)}.json`;
    await ledgerError(folderStore(await fresh()).create(key, '{}'), 'ENAMETOOLONG', 'shorter');
  });

  const writesAnywhere = process.platform === 'win32' || process.getuid?.() === 0;
  unless(writesAnywhere && 'this user may write everywhere').it(
    'A folderStore says when it may not write',
    async () => {
      const folder = await fresh();
      await fs.chmod(folder, 0o500);
      const store = folderStore(folder);
      await ledgerError(store.create('a/lock.json', '{}'), 'EACCES', 'permission', folder);
      await fs.chmod(folder, 0o000);
      await ledgerError(store.read('lock.json'), `Cannot read ${path.join(folder, 'lock.json')}`, 'EACCES');
      await ledgerError(store.list(''), `Cannot list ${folder}`, 'EACCES');
      await fs.chmod(folder, 0o700);
    },
  );
});

describe('An error of the file system', () => {
  const failing = async (code: string) => {
    const link = async () => {
      throw Object.assign(new Error(`${code}: it did not work, link`), { code });
    };
    return failureOf(folderStore(await fresh(), { link }).create('lock.json', '{}'));
  };

  for (const { code, remedy } of [
    { code: 'ENOSPC', remedy: /^Free some space on the file system of/ },
    { code: 'EDQUOT', remedy: /^Free some space/ },
    { code: 'EROFS', remedy: /read-only file system: mount it/ },
    { code: 'EACCES', remedy: /^Give this user read and write permission for/ },
    { code: 'ENOTDIR', remedy: /^A file is where the ledger needs a folder/ },
    { code: 'EISDIR', remedy: /^A file is where the ledger needs a folder/ },
    { code: 'ENAMETOOLONG', remedy: /^Use a shorter name/ },
  ] as const) {
    it(`An error ${code} of the file system stays until somebody does something, and is not repeated`, async () => {
      const error = await failing(code);
      assert.equal(error.name, 'LedgerUnusable');
      assert.match(error.remedy ?? '', remedy);
    });
  }

  for (const code of ['EIO', 'EMFILE', 'ENFILE', 'EBUSY', 'ESTALE', 'ETIMEDOUT']) {
    it(`An error ${code} of the file system may pass`, async () => {
      const error = await failing(code);
      assert.equal(error.name, 'LedgerError');
      assert(error.remedy);
    });
  }
});
