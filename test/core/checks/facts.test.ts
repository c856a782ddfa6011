import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { gatherFacts } from '../../../core/checks/facts.ts';
import { chooseCluster } from '../../../core/config/schema.ts';
import type { setUp as prepareWorld } from '../backup/prepare-world.ts';
import { at } from '../fake-cluster.ts';
import { type FakeSearch, fakeSearch, noAnswer } from '../fakes.ts';
import { factsOf } from './facts-world.ts';
import { broken, historyList, setUp } from './world.ts';

async function gathered({ context }: Pick<ReturnType<typeof prepareWorld>, 'context'>) {
  const { cluster } = chooseCluster(await context.config(), 'production');
  return gatherFacts(cluster, factsOf().ours, context);
}

/** Every question that the search engine was asked of its repository. */
async function questionsTo(overrides: Partial<FakeSearch>) {
  const asked: string[] = [];
  const noting = <Args extends unknown[], T>(name: string, answer: (...args: Args) => Promise<T>) => {
    return (...args: Args) => {
      asked.push(name);
      return answer(...args);
    };
  };
  const fake = fakeSearch([], overrides);
  const search = fakeSearch([], {
    repository: noting('repository', fake.repository),
    verifyRepository: noting('verify', fake.verifyRepository),
    deletionsInTheWay: noting('deletions', fake.deletionsInTheWay),
  });
  const facts = await gathered(setUp({ replies: {}, search }));
  return { asked, facts };
}

describe('The facts that are gathered before a backup', () => {
  test('Everything is known of a cluster that answers every question', async () => {
    const { problems, cluster, search } = await gathered(setUp({ replies: {} }));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      cluster?.lists.map(({ target, error }) => [target.component, error]),
      ['zeebe', 'webApplications', 'optimize', 'records'].map((component) => [component, undefined]),
    );
    assert.deepEqual(search?.verified, { known: undefined });
    assert.deepEqual(search?.deletions, { known: [] });
  });

  test('What a server does not answer is a fact that is not known, and says why', async () => {
    const search = fakeSearch([], { verifyRepository: broken });
    const world = setUp({ replies: { [historyList]: noAnswer(at.zeebe) }, search });
    const facts = await gathered(world);
    assert.equal(facts.search?.verified?.unknown?.message, 'node 2 cannot write');
    assert.match(facts.cluster?.lists[1]?.error?.message ?? '', /ECONNREFUSED/);
  });

  for (const { what, overrides, asked } of [
    { what: 'is not registered', overrides: { repository: async () => undefined }, asked: ['repository'] },
    {
      what: 'is readonly',
      overrides: { repository: async () => ({ readonly: 'setting' }) },
      asked: ['repository'],
    },
    {
      what: 'cannot be written',
      overrides: { verifyRepository: broken },
      asked: ['repository', 'verify'],
    },
    { what: 'can be written', overrides: {}, asked: ['repository', 'verify', 'deletions'] },
  ] satisfies { what: string; overrides: Partial<FakeSearch>; asked: string[] }[]) {
    test(`A repository that ${what} is asked about ${asked.join(', ')}, and about nothing else`, async () => {
      assert.deepEqual((await questionsTo(overrides)).asked, asked);
    });
  }

  test('What is known of the search engine is gathered also where the cluster itself cannot be asked', async () => {
    const world = setUp({ replies: { [`GET ${at.optimize}/actuator`]: noAnswer(at.optimize) } });
    const { problems, cluster, search } = await gathered(world);
    assert.deepEqual(
      problems.map(({ subject, error }) => [subject, error.name]),
      [['optimize', 'Unreachable']],
    );
    assert.equal(cluster, undefined);
    assert.deepEqual(search?.repository, { known: { readonly: undefined } });
  });

  test('A defect of the program is no fact about the cluster, and is thrown', async () => {
    const search = fakeSearch([], {
      repository: async () => {
        throw new TypeError('a defect');
      },
    });
    await assert.rejects(gathered(setUp({ replies: {}, search })), TypeError);
  });
});

describe('The client of the search engine', () => {
  for (const { what, overrides } of [
    { what: 'that answers', overrides: {} },
    { what: 'that does not say its version', overrides: { version: broken } },
    { what: 'that cannot list its snapshots', overrides: { snapshotNames: broken } },
  ] satisfies { what: string; overrides: Partial<FakeSearch> }[]) {
    test(`A search engine ${what} is asked everything through one client, which is closed`, async () => {
      const search = fakeSearch([], overrides);
      await gathered(setUp({ replies: {}, search }));
      assert.deepEqual([search.opened, search.closed], [1, 1]);
    });
  }
});
