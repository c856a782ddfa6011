import assert from 'node:assert/strict';
import { describe, it, jest } from '@jest/globals';
import { isBackupError } from '../../../../core/errors.ts';
import type { Store } from '../../../../core/ledger/store/store.ts';
import { pretendDate } from '../../../support/fake-timers.ts';

export interface ContractOptions<S extends Store> {
  /** How many keys `list` must bring; more than a page of the home under test. */
  keys?: number;
  /** As if the document had been written earlier by so many seconds; where the home under test can do that. */
  makeOlder?: (store: S, key: string, seconds: number) => Promise<void>;
}

/** What every Store promises. `open` gives an empty store, another one each time. */
export function storeContract<S extends Store>(
  name: string,
  open: () => Promise<S>,
  { keys = 50, makeOlder }: ContractOptions<S> = {},
) {
  describe(`The contract of every store, kept by ${name}`, () => {
    it(`The ${name} reads nothing where nothing is`, async () => {
      const store = await open();
      assert.equal(await store.read('production/lock.json'), undefined);
      assert.deepEqual(await store.list(''), []);
    });

    it(`The ${name} creates a document once`, async () => {
      const store = await open();
      assert.equal(await store.create('production/lock.json', '{"run":"first"}'), true);
      assert.equal(await store.create('production/lock.json', '{"run":"second"}'), false);
      assert.equal((await store.read('production/lock.json'))?.text, '{"run":"first"}');
    });

    it(`The ${name} lets exactly one of 50 concurrent creators win`, async () => {
      const store = await open();
      const runs = Array.from({ length: 50 }, (_, run) => `{"run":"run-${run}"}`);
      const won = await Promise.all(runs.map((text) => store.create('production/lock.json', text)));
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal((await store.read('production/lock.json'))?.text, runs[won.indexOf(true)]);
    });

    it(`The ${name} creates a document again after its removal`, async () => {
      const store = await open();
      await store.create('lock.json', '1');
      await store.remove('lock.json');
      assert.equal(await store.create('lock.json', '2'), true);
      assert.equal((await store.read('lock.json'))?.text, '2');
    });

    it(`The ${name} writes a document that is new and one that exists`, async () => {
      const store = await open();
      await store.write('production/7.json', 'a longer text');
      assert.equal((await store.read('production/7.json'))?.text, 'a longer text');
      await store.write('production/7.json', 'short');
      assert.equal((await store.read('production/7.json'))?.text, 'short');
      assert.equal(await store.create('production/7.json', 'created'), false);
    });

    it(`The ${name} replaces the version that was read, and only that`, async () => {
      const store = await open();
      await store.create('lock.json', 'first');
      const first = await store.read('lock.json');
      assert(first);
      assert.equal(await store.replace('lock.json', 'second', first.version), true);
      const second = await store.read('lock.json');
      assert.equal(second?.text, 'second');
      assert.notEqual(second.version, first.version);
      assert.equal(await store.replace('lock.json', 'third', first.version), false);
      assert.equal((await store.read('lock.json'))?.text, 'second');
      assert.equal(await store.replace('lock.json', 'third', second.version), true);
      assert.equal((await store.read('lock.json'))?.text, 'third');
    });

    it(`The ${name} replaces nothing that is gone`, async () => {
      const store = await open();
      await store.create('lock.json', 'first');
      const first = await store.read('lock.json');
      assert(first);
      await store.remove('lock.json');
      assert.equal(await store.replace('lock.json', 'second', first.version), false);
      assert.equal(await store.read('lock.json'), undefined);
    });

    it(`The ${name} lets exactly one of 20 concurrent replacers win`, async () => {
      const store = await open();
      await store.create('lock.json', 'first');
      const first = await store.read('lock.json');
      assert(first);
      const texts = Array.from({ length: 20 }, (_, run) => `{"run":"run-${run}"}`);
      const won = await Promise.all(texts.map((text) => store.replace('lock.json', text, first.version)));
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal((await store.read('lock.json'))?.text, texts[won.indexOf(true)]);
    });

    it(`The ${name} loses no update of those who read and replace until they win`, async () => {
      const store = await open();
      // Each text says who wrote it, as the ledger's do: s3Store takes an identical text for its own.
      const text = (count: number, writer: number) => JSON.stringify({ count, writer });
      const countOf = (from: string) => Number(/"count":(\d+)/.exec(from)?.[1]);
      await store.create('counter.json', text(0, -1));
      const addOne = async (_: unknown, writer: number) => {
        for (;;) {
          const before = await store.read('counter.json');
          assert(before);
          const next = text(countOf(before.text) + 1, writer);
          if (await store.replace('counter.json', next, before.version)) return;
        }
      };
      await Promise.all(Array.from({ length: 8 }).map(addOne));
      assert.equal(countOf((await store.read('counter.json'))?.text ?? ''), 8);
    });

    it(`The ${name} removes what is there and what is not`, async () => {
      const store = await open();
      await store.remove('production/lock.json');
      await store.create('production/lock.json', '{}');
      await store.create('production/other.json', '{}');
      await store.remove('production/lock.json');
      await store.remove('production/lock.json');
      assert.equal(await store.read('production/lock.json'), undefined);
      assert.deepEqual(await store.list(''), ['production/other.json']);
    });

    it(`The ${name} knows no age of what is not there`, async () => {
      const store = await open();
      assert.equal(await store.ageOf('production/heartbeat.json'), undefined);
    });

    it(`The ${name} knows how old a document is, however wrong the clock of this machine is`, async () => {
      const store = await open();
      const key = 'production/heartbeat.json';
      const age = async () => (await store.ageOf(key)) ?? Number.NaN;
      const young = (seconds: number) => assert(seconds >= 0 && seconds < 60, `${seconds} s`);
      await store.create(key, 'first');
      for (const wrongBy of [-86_400_000, 86_400_000]) {
        pretendDate(Date.now() + wrongBy);
        young(await age());
        if (makeOlder) {
          await makeOlder(store, key, 900);
          const seconds = await age();
          assert(seconds >= 900 && seconds < 960, `${seconds} s`);
          await store.write(key, `written with a clock that is wrong by ${wrongBy}`);
          young(await age());
        }
        jest.useRealTimers();
      }
    });

    it(`The ${name} lists by prefix, sorted, whatever the prefix cuts through`, async () => {
      const store = await open();
      const written = ['b/2.json', 'a/backups/10.json', 'a/backups/9.json', 'a/lock.json', 'ab/lock.json'];
      for (const key of written) await store.create(key, '{}');
      assert.deepEqual(await store.list(''), [...written].sort());
      assert.deepEqual(await store.list('a'), [
        'a/backups/10.json',
        'a/backups/9.json',
        'a/lock.json',
        'ab/lock.json',
      ]);
      assert.deepEqual(await store.list('a/'), ['a/backups/10.json', 'a/backups/9.json', 'a/lock.json']);
      assert.deepEqual(await store.list('a/backups/1'), ['a/backups/10.json']);
      assert.deepEqual(await store.list('a/lock.json'), ['a/lock.json']);
      assert.deepEqual(await store.list('a/lock.json/'), []);
      assert.deepEqual(await store.list('none/'), []);
    });

    it(`The ${name} names the folders in a folder, sorted, and only those after a name where one is given`, async () => {
      const store = await open();
      for (const key of [
        'a/9/x.json',
        'a/10/x.json',
        'a/10/b/y.json',
        'a/note.json',
        'a/11/x.json',
        'ab/1/x.json',
      ]) {
        await store.create(key, '{}');
      }
      const folders = async (folder: string, after?: string) => [...(await store.folders(folder, after))];
      assert.deepEqual(await folders('a/'), ['10', '11', '9']);
      assert.deepEqual(await folders('a/', '11'), ['11', '9']);
      assert.deepEqual(await folders('a/', '101'), ['11', '9']);
      assert.deepEqual(await folders('a/', '9a'), []);
      assert.deepEqual(await folders(''), ['a', 'ab']);
      assert.deepEqual(await folders('none/'), []);
    });

    it(`The ${name} lists ${keys} keys, and names their ${keys} folders`, async () => {
      const store = await open();
      const names = Array.from({ length: keys }, (_, number) => `${number}`);
      const keyOf = (folder: string) => `many/${folder}/one.json`;
      const left = [...names];
      const writer = async () => {
        for (let folder = left.pop(); folder !== undefined; folder = left.pop())
          await store.create(keyOf(folder), '{}');
      };
      await Promise.all(Array.from({ length: 16 }, writer));
      assert.deepEqual(await store.list('many/'), names.map(keyOf).sort());
      assert.deepEqual([...(await store.folders('many/'))], names.sort());
    });

    it(`The ${name} keeps every character, in texts and in keys`, async () => {
      const store = await open();
      const text = JSON.stringify({ cluster: 'Überlandwerk – 北京 🚀', quotes: '"\\\n\u2028<&>' }, null, 2);
      const key = 'Überland & 北京+100%/lock file (1).json';
      assert.equal(await store.create(key, text), true);
      assert.equal((await store.read(key))?.text, text);
      assert.deepEqual(await store.list('Über'), [key]);
      const read = await store.read(key);
      assert(read);
      assert.equal(await store.replace(key, `${text}🚀`, read.version), true);
      assert.equal((await store.read(key))?.text, `${text}🚀`);
    });

    it(`The ${name} keeps an empty text`, async () => {
      const store = await open();
      assert.equal(await store.create('empty', ''), true);
      assert.equal((await store.read('empty'))?.text, '');
      assert.equal(await store.create('empty', 'more'), false);
    });

    it(`The ${name} never shows a part of a text to a reader`, async () => {
      const store = await open();
      const size = 300_000;
      let writing = true;
      let reads = 0;
      const reader = async () => {
        while (writing) {
          for (const key of ['written.json', 'created-2.json']) {
            const text = (await store.read(key))?.text;
            if (text === undefined) continue;
            reads += 1;
            assert.equal(text.length, size);
            assert.equal(text, text.charAt(0).repeat(size));
          }
        }
      };
      const writer = async () => {
        try {
          for (let round = 0; round < 12; round++) {
            await store.write('written.json', String.fromCharCode(97 + round).repeat(size));
            await store.create(`created-${round}.json`, 'x'.repeat(size));
          }
        } finally {
          writing = false;
        }
      };
      await Promise.all([writer(), reader(), reader()]);
      assert(reads > 0);
    });

    it(`The ${name} refuses keys that lead out of it or are its own`, async () => {
      const store = await open();
      for (const key of [
        '',
        '/etc/passwd',
        '../outside',
        'a/../../outside',
        'a//b',
        'a/',
        'a\\b',
        'C:/a',
        'a\0b',
        'a.tmp',
        'a.replacing',
      ]) {
        const refused = (error: unknown) => isBackupError(error, 'ConfigurationError');
        await assert.rejects(store.read(key), refused, key);
        await assert.rejects(store.create(key, '{}'), refused, key);
        await assert.rejects(store.write(key, '{}'), refused, key);
        await assert.rejects(store.replace(key, '{}', 'version'), refused, key);
        await assert.rejects(store.remove(key), refused, key);
        await assert.rejects(store.ageOf(key), refused, key);
        assert.throws(() => store.location(key), refused, key);
      }
      for (const prefix of ['/', '..', '../', 'a/../']) {
        await assert.rejects(
          store.list(prefix),
          (error) => isBackupError(error, 'ConfigurationError'),
          prefix,
        );
        await assert.rejects(
          store.folders(prefix),
          (error) => isBackupError(error, 'ConfigurationError'),
          prefix,
        );
      }
    });
  });
}
