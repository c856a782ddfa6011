import * as z from 'zod';
import { layouts, prefixed } from '../../../simulator/applications/layout.ts';
import { ask, until } from './calls.ts';
import type { CaseCluster } from './cluster.ts';

const partitions = z.record(
  z.string(),
  z.object({ processedPosition: z.number(), exportedPosition: z.number() }),
);
const positions = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _source: z.object({ aliasName: z.string(), partitionId: z.number(), position: z.number() }),
      }),
    ),
  }),
});
const buckets = <T extends z.ZodType>(content: T) => z.object({ buckets: z.array(content) });
const newest = z.object({
  aggregations: z.object({
    types: buckets(
      z.object({
        key: z.string(),
        partitions: buckets(z.object({ key: z.number(), newest: z.object({ value: z.number() }) })),
      }),
    ),
  }),
});

/**
 * Waits until the exporters have acknowledged the whole log, and then until the importers' positions are not behind the
 * records. Nobody may write meanwhile.
 */
export async function caughtUp(cluster: CaseCluster): Promise<void> {
  await until('the exporters have exported the whole log', async () => {
    const all = await ask(`${cluster.url('zeebe')}/actuator/partitions`, 'GET', partitions);
    return Object.values(all).every(
      ({ processedPosition, exportedPosition }) => exportedPosition >= processedPosition,
    );
  });
  const exported = await newestRecords(cluster);
  for (const name of cluster.applications) {
    const index = layouts[name].importPosition;
    if (index === undefined) continue;
    await until(`${name} has imported all records`, async () => {
      const imported = await importedPositions(cluster, index);
      return [...exported].every(([of, position]) => (imported.get(of) ?? -1) >= position);
    });
  }
}

/** The newest position of each value type and partition among the records. */
async function newestRecords(cluster: CaseCluster): Promise<Map<string, number>> {
  const indices = `${cluster.name}-zeebe-record_*`;
  await cluster.ask('POST', `${indices}/_refresh`, z.unknown());
  const { aggregations } = await cluster.ask('POST', `${indices}/_search`, newest, {
    size: 0,
    aggs: {
      types: {
        terms: { field: 'valueType' },
        aggs: {
          partitions: {
            terms: { field: 'partitionId' },
            aggs: { newest: { max: { field: 'position' } } },
          },
        },
      },
    },
  });
  return new Map(
    aggregations.types.buckets.flatMap(({ key: type, partitions: of }) =>
      of.buckets.map(
        ({ key, newest: { value } }) => [`${type.toLowerCase().replace('_', '-')} ${key}`, value] as const,
      ),
    ),
  );
}

async function importedPositions(cluster: CaseCluster, positionIndex: string): Promise<Map<string, number>> {
  const index = prefixed(cluster.name, positionIndex);
  await cluster.ask('POST', `${index}/_refresh`, z.unknown());
  const found = await cluster.ask('POST', `${index}/_search`, positions, { size: 100 });
  return new Map(
    found.hits.hits.map(({ _source: { aliasName, partitionId, position } }) => [
      `${aliasName} ${partitionId}`,
      position,
    ]),
  );
}
