import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import * as z from 'zod';
import { statusOfStack } from '../../../cli/stack/status.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { withRemedy } from '../../../lambdas/carried-error.ts';
import { typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { refusal } from '../../support/mock-aws.ts';
import { written } from '../../support/written.ts';
import { type FailedExecution, fakeAws, recorded } from '../stack/fakes.ts';
import { clock, failed, manifest } from './world.ts';

/** Every execution of the fake began at 08:00:00. */
const began = '2026-11-21T08:00:00.000Z';
const before = '2026-11-21T07:00:00.000Z';
const after = '2026-11-21T09:00:00.000Z';

const refused: FailedExecution = {
  status: 'FAILED',
  input: JSON.stringify({ cluster: 'production', reason: 'test' }),
  error: 'ConfigurationError',
  cause: withRemedy('The secret search cannot be read.', 'Give the function this permission.'),
};

const shown = z.object({
  ok: z.boolean(),
  clusters: z.array(z.object({ cluster: z.string(), ok: z.boolean(), problems: z.array(z.string()) })),
  stack: z.object({
    failedRuns: z.array(z.looseObject({ name: z.string(), cluster: z.string().nullable() })),
  }),
});

interface World {
  newest: string[];
  failed: Record<string, FailedExecution>;
  manifests?: Manifest[];
  clusters?: string[];
  cluster?: string;
  beforeExecution?: () => void;
}

async function look({ newest, failed, manifests = [], clusters = ['production'], ...rest }: World) {
  const { cluster, beforeExecution = () => undefined } = rest;
  const aws = fakeAws(recorded('busy'));
  Object.assign(aws, { newest, failed, beforeExecution });
  aws.outputs['Clusters'] = JSON.stringify(clusters);
  const books = ledger(memoryStore(), typed);
  for (const one of manifests) await books.createManifest(one);
  const lookOnce = async (json: boolean) => {
    const screen = written();
    const code = await statusOfStack({
      stack: 'camunda-backup',
      at: { program: 'camunda-backup' },
      ...(cluster === undefined ? {} : { cluster }),
      offline: true,
      json,
      output: screen.output,
      env: {},
      openLedger: () => books,
      aws,
      clock,
    });
    return { code, screen };
  };
  const { code, screen } = await lookOnce(false);
  const { described } = aws;
  aws.described = [];
  const { ok, clusters: seen, stack } = shown.parse((await lookOnce(true)).screen.json());
  assert.equal(code, ok ? 0 : 1);
  return { ok, text: screen.stdout(), clusters: seen, failedRuns: stack.failedRuns, described };
}

describe('camunda-backup status --stack after a run that failed', () => {
  it('A run that was refused before it had a manifest is a problem, with its reason and the next commands', async () => {
    const { ok, text, clusters, failedRuns } = await look({
      newest: ['mine', 'older'],
      failed: { mine: refused, older: refused },
      manifests: [manifest(7, before)],
    });
    assert.equal(ok, false);
    assert.deepEqual(clusters, [
      {
        cluster: 'production',
        ok: false,
        problems: [
          'the run mine ended as FAILED at 2026-11-21T08:01:30.000Z (ConfigurationError: The secret search cannot be read), and no later completed backup is known. To see the run: camunda-backup watch --stack camunda-backup --execution mine. To back up again: camunda-backup run --stack camunda-backup --cluster production',
        ],
      },
    ]);
    assert.match(text, /^production\n {2}status +NOT OK: the run mine ended as FAILED at 2026-/);
    assert.match(
      text,
      /last failed +the run mine \(2026-11-21T08:01:30\.000Z\), of which the ledger has no failed backup\n +What to do: Give the function this permission\.\n/,
    );
    assert.deepEqual(
      failedRuns.map(({ name, cluster }) => [name, cluster]),
      [['mine', 'production']],
    );
  });

  const bad = [
    { status: 'TIMED_OUT', why: 'TimedOut: The execution did not end within the time limit' },
    { status: 'ABORTED', why: 'Aborted: The execution was stopped' },
  ] as const;
  for (const { status, why } of bad) {
    it(`A run that ended as ${status} is a problem`, async () => {
      const { ok, clusters } = await look({
        newest: ['mine'],
        failed: { mine: { ...refused, status, error: undefined, cause: undefined } },
        manifests: [manifest(7, before)],
      });
      assert.equal(ok, false);
      assert.match(clusters[0]?.problems.join() ?? '', new RegExp(`ended as ${status} at .*\\(${why}`));
    });
  }

  it('A backup of the cluster that has been completed since makes it ok again, and no execution is described', async () => {
    for (const completed of [
      manifest(7, after),
      manifest(7, began, { endedAt: '2026-11-21T08:01:00.000Z' }),
      manifest(7, '2026-11-21T07:59:00.000Z'),
    ]) {
      const { ok, text, described } = await look({
        newest: ['next', 'mine'],
        failed: { mine: refused },
        manifests: [completed],
      });
      assert.equal(ok, true);
      assert.match(text, /last failed +none\n/);
      assert.deepEqual(described, []);
    }
  });

  it('A later run that was SKIPPED, or is at work, does not hide the failure', async () => {
    const { ok } = await look({
      newest: ['at-work', 'skipped', 'mine'],
      failed: { mine: refused, 'at-work': { status: 'RUNNING' } },
      manifests: [manifest(7, before)],
    });
    assert.equal(ok, false);
  });

  it('Runs that were SKIPPED or are at work are no failure', async () => {
    const { ok, failedRuns } = await look({
      newest: ['at-work', 'skipped'],
      failed: { 'at-work': { status: 'RUNNING' } },
      manifests: [manifest(7, before)],
    });
    assert.deepEqual([ok, failedRuns], [true, []]);
  });

  it('The backup that the ledger has of the failed run is shown as the one that failed last', async () => {
    const { ok, text } = await look({
      newest: ['mine'],
      failed: { mine: refused },
      manifests: [manifest(7, before), manifest(8, began, failed)],
    });
    assert.equal(ok, false);
    assert.match(text, /last failed +8, /);
  });

  it('A failed run concerns its own cluster only', async () => {
    const world = {
      newest: ['mine'],
      failed: { mine: refused },
      clusters: ['production', 'staging'],
      manifests: [manifest(7, before), manifest(7, before, { cluster: 'staging' })],
    };
    const { clusters } = await look(world);
    assert.deepEqual(
      clusters.map(({ cluster, ok }) => [cluster, ok]),
      [
        ['production', false],
        ['staging', true],
      ],
    );
    const staging = await look({ ...world, cluster: 'staging' });
    assert.deepEqual([staging.ok, staging.failedRuns], [true, []]);
  });

  const untold = [
    { title: 'whose input is no request', input: '{}', reason: / \(ConfigurationError: / },
    { title: 'of a cluster that the stack lacks', input: '{"cluster":"prod"}', reason: / \(Config/ },
    {
      title: 'that cannot be described',
      input: '{}',
      reason: /Z, and no later/,
      beforeExecution: () => {
        throw refusal({ name: 'AccessDeniedException', message: 'no' });
      },
    },
  ];
  for (const { title, input, reason, ...rest } of untold) {
    it(`A failed run ${title} is a problem of the stack, until every cluster has a later backup`, async () => {
      const world = {
        newest: ['mine'],
        failed: { mine: { ...refused, input } },
        clusters: ['production', 'staging'],
        ...rest,
      };
      const production = manifest(7, after);
      const { ok, text, clusters } = await look({
        ...world,
        manifests: [production, manifest(7, before, { cluster: 'staging' })],
      });
      assert.equal(ok, false);
      assert(clusters.every((one) => one.ok));
      const [said = ''] =
        /^stack camunda-backup\n {2}status +NOT OK: the run mine, whose cluster is not known, .*$/m.exec(
          text,
        ) ?? [];
      assert.match(said, reason);
      assert.match(said, /To back up again: camunda-backup run --stack camunda-backup$/);
      const later = await look({
        ...world,
        manifests: [production, manifest(7, after, { cluster: 'staging' })],
      });
      assert.equal(later.ok, true);
    });
  }
});
