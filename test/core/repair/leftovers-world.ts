import assert from 'node:assert/strict';
import type { Snapshot } from '../../../core/components/search/engine.ts';
import type { ComponentEntry, Manifest } from '../../../core/ledger/manifest.ts';
import { findLeftovers, type Leftover } from '../../../core/repair/leftovers.ts';
import { entryOf, manifest } from '../backup/world.ts';
import { at, cluster88, yaml88 } from '../fake-cluster.ts';
import { fakeSearch, json, testContext } from '../fakes.ts';

export const lists = {
  zeebe: `GET ${at.zeebe}/actuator/backupRuntime`,
  webApplications: `GET ${at.zeebe}/actuator/backupHistory`,
  optimize: `GET ${at.optimize}/actuator/backups`,
};
type Listed = Partial<Record<keyof typeof lists, Record<number, string>>>;

export const failed: Partial<Manifest> = {
  state: 'FAILED',
  failure: { error: 'ComponentTimedOut', message: 'late' },
};

/** A cluster of 8.8 whose components list these states by id, beside a ledger with these manifests. */
export async function setUp({
  listed = {},
  snapshots = [],
  manifests = [],
  entries = [],
  yaml = yaml88,
  fake = cluster88(),
}: {
  listed?: Listed;
  snapshots?: Snapshot[];
  manifests?: Partial<Manifest>[];
  entries?: [id: number, entry: ComponentEntry][];
  yaml?: string;
  fake?: ReturnType<typeof cluster88>;
} = {}) {
  for (const component of ['zeebe', 'webApplications', 'optimize'] as const) {
    const states = Object.entries(listed[component] ?? {});
    if (states.length === 0) continue;
    fake.replies[lists[component]] = json(
      200,
      states.map(([id, state]) => ({ backupId: Number(id), state, details: [] })),
    );
  }
  const deletedSnapshots: string[] = [];
  const search = fakeSearch(snapshots, {
    deleteSnapshot: async (_, name) => {
      deletedSnapshots.push(name);
    },
  });
  const context = testContext({ yaml, http: fake.http, search });
  for (const one of manifests) await context.ledger.createManifest({ ...manifest, ...one });
  for (const [id, entry] of entries) await context.ledger.createEntry('production', id, entry);
  const { clusters } = await context.config();
  const config = clusters['production'];
  assert(config);
  return {
    fake,
    context,
    search,
    deletedSnapshots,
    find: (ended?: number[]) => findLeftovers('production', config, context, ended ? { ended } : {}),
  };
}

export const inShort = (leftovers: Leftover[]) =>
  leftovers.map(({ backupId, component, state, kind }) => `${backupId} ${component} ${state} ${kind}`);
export const started = (component: ComponentEntry['component']) => entryOf(component, { state: 'STARTED' });
