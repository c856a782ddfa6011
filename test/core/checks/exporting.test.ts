import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { lookAndExplain, lookAtExporting } from '../../../core/checks/exporting.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { pauseOf } from '../backup/world.ts';
import { at, exportingOf, phases } from '../fake-cluster.ts';
import { failureOf, fakeHttp, json, noAnswer, someOwner, testContext } from '../fakes.ts';

const brokers = ['http://zeebe-0:9600', 'http://zeebe-1:9600'] as const;
const yaml = (zeebe: string) => `
ledger: { folder: ./ledger }
clusters: { production: { zeebe: ${zeebe} } }
`;
const withBrokers = yaml(`{ url: ${at.zeebe}, brokers: [${brokers.join(', ')}] }`);
const withRest = yaml(`{ url: ${at.zeebe}, rest: { url: http://zeebe:8080 } }`);

async function lookAt(text: string, replies: Parameters<typeof fakeHttp>[0]) {
  const context = testContext({ yaml: text, http: fakeHttp(replies).http });
  const { production } = (await context.config()).clusters;
  assert(production);
  return lookAtExporting(production, context, 2);
}

const partitionsOf = (url: string) => `GET ${url}/actuator/partitions`;

describe('A look at exporting', () => {
  test('Exporting is EXPORTING where every address shows partitions and none of them is paused', async () => {
    const look = await lookAt(withBrokers, {
      [partitionsOf(brokers[0])]: json(200, phases('EXPORTING', 'EXPORTING')),
      [partitionsOf(brokers[1])]: json(200, phases('EXPORTING')),
    });
    assert.deepEqual([look.state, look.paused, look.unknown, look.isSilent], ['EXPORTING', [], [], false]);
  });

  test('Exporting is PAUSED where one replica is, whatever is not known besides', async () => {
    const look = await lookAt(withBrokers, {
      [partitionsOf(brokers[0])]: json(200, phases('EXPORTING', 'PAUSED')),
      [partitionsOf(brokers[1])]: noAnswer(),
    });
    assert.equal(look.state, 'PAUSED');
    assert.deepEqual(look.paused, [`partition 2 is PAUSED (${brokers[0]}/actuator/partitions)`]);
    assert.equal(look.isSilent, true);
  });

  for (const { what, reply, isSilent, says } of [
    { what: 'gives no answer', reply: noAnswer(), isSilent: true, says: /connect ECONNREFUSED/ },
    {
      what: 'shows no partition',
      reply: json(200, {}),
      isSilent: false,
      says: /shows no partition .*configure zeebe\.brokers/,
    },
    {
      what: 'is a gateway without this endpoint',
      reply: json(404, { status: 404 }),
      isSilent: false,
      says: /404/,
    },
    {
      what: 'shows a partition that changes its role',
      reply: json(200, phases('CLOSED')),
      isSilent: false,
      says: /partition 1 is CLOSED/,
    },
  ] as const) {
    test(`Exporting is UNKNOWN where an address ${what}`, async () => {
      const look = await lookAt(withBrokers, {
        [partitionsOf(brokers[0])]: json(200, phases('EXPORTING')),
        [partitionsOf(brokers[1])]: reply,
      });
      assert.deepEqual([look.state, look.isSilent], ['UNKNOWN', isSilent]);
      assert.match(look.unknown.join(), says);
    });
  }

  test('Exporting is what REST says of all replicas, where it says anything', async () => {
    for (const { status, state } of [
      { status: 'EXPORTING', state: 'EXPORTING' },
      { status: 'MIXED', state: 'PAUSED' },
    ]) {
      const look = await lookAt(withRest, {
        [partitionsOf(at.zeebe)]: noAnswer(),
        'GET http://zeebe:8080/v2/exporting': json(200, { status }),
      });
      assert.equal(look.state, state);
    }
  });

  test('A look without the secret of the brokers throws, for whoever asks to say it', async () => {
    const auth = yaml(`{ url: ${at.zeebe}, auth: { username: backup, password: { env: NOT_SET } } }`);
    assert.equal((await failureOf(lookAt(auth, {}))).name, 'SecretUnavailable');
  });
});

const lock: Lock = {
  format: 2,
  cluster: 'production',
  runId: 'run-1',
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
};
const pause = pauseOf();

describe('A pause that may be unexplained', () => {
  /** What the cluster shows at one look after the other, and what happens just before each. */
  async function explain(
    looks: [phase: string, before?: (ledger: ReturnType<typeof testContext>['ledger']) => Promise<unknown>][],
    unreadable = false,
  ) {
    const state = { phase: '' };
    const context = testContext({ http: fakeHttp(exportingOf(at.zeebe, state)).http });
    const { production } = (await context.config()).clusters;
    assert(production);
    if (unreadable) context.store.documents.set('production/lock.json', '{');
    let asked = 0;
    const look = async () => {
      const [phase = '', before] = looks[asked] ?? [];
      asked += 1;
      await before?.(context.ledger);
      state.phase = phase;
      return lookAtExporting(production, context, 2);
    };
    const { pause } = await lookAndExplain('production', look, context.ledger);
    return { pause, asked };
  }

  test('A pause that nobody has made, as far as the ledger knows, is unexplained at the second look', async () => {
    assert.deepEqual(await explain([['SOFT_PAUSED'], ['SOFT_PAUSED']]), { pause: 'unexplained', asked: 2 });
  });

  test('A pause that is over at the second look is none', async () => {
    assert.deepEqual(await explain([['SOFT_PAUSED'], ['EXPORTING']]), { pause: 'none', asked: 2 });
  });

  test('A pause that a run has made which began after the ledger was asked is explained', async () => {
    const begins = (ledger: ReturnType<typeof testContext>['ledger']) =>
      ledger.acquire({ ...lock, ...pause });
    assert.deepEqual(await explain([['SOFT_PAUSED', begins]]), { pause: 'explained', asked: 1 });
    assert.deepEqual(await explain([['SOFT_PAUSED'], ['SOFT_PAUSED', begins]]), {
      pause: 'explained',
      asked: 2,
    });
  });

  test('A pause of a run that has ended in between was its own: the second look shows none', async () => {
    const beginsAndEnds = async (ledger: ReturnType<typeof testContext>['ledger']) => {
      await ledger.acquire({ ...lock, ...pause });
      await ledger.release('production', 'run-1');
    };
    assert.deepEqual(await explain([['SOFT_PAUSED', beginsAndEnds], ['EXPORTING']]), {
      pause: 'none',
      asked: 2,
    });
  });

  for (const { what, rest } of [
    { what: 'has not paused yet', rest: {} },
    { what: 'has resumed already', rest: pauseOf({ resumedAt: '2026-11-21T09:00:09.000Z' }) },
  ]) {
    test(`A pause beside a run that ${what} is unexplained`, async () => {
      const held = (ledger: ReturnType<typeof testContext>['ledger']) => ledger.acquire({ ...lock, ...rest });
      assert.deepEqual(await explain([['SOFT_PAUSED', held], ['SOFT_PAUSED']]), {
        pause: 'unexplained',
        asked: 2,
      });
    });
  }

  test('A pause is of unknown origin where the lock cannot be read', async () => {
    assert.deepEqual(await explain([['SOFT_PAUSED']], true), { pause: 'unknown', asked: 1 });
  });
});
