import * as z from 'zod';
import { BackupError, isBackupError } from '../../errors.ts';

/**
 * The facts about a search engine that only a restore needs: its nodes, templates and policies, the contents of each
 * shard, and the files in each snapshot. The calls are the same for both engines, except for the policies.
 */
interface SearchNode {
  name: string;
  version: string;
  /** Such as `data` and `master`; an older node may report none. */
  roles: string[];
}

/** The position of a shard's primary at the moment of the request. */
interface ShardCount {
  shard: number;
  /** The sequence number of the last operation; -1 if there was none. */
  maxSeqNo: number;
  /** The contents of the last commit. A snapshot makes a commit and stores it, so right after it both are equal. */
  committed: { documents: number; maxSeqNo: number };
}

export interface IndexCounts {
  index: string;
  shards: ShardCount[];
}

/** The files that a restore of a snapshot brings back. The snapshot may have added fewer of them to the repository. */
export interface SnapshotFiles {
  indices: { index: string; shards: { shard: number; files: number; bytes: number }[] }[];
}

/** The calls for these facts. Each makes one request. */
export interface Inventory {
  nodes(): Promise<SearchNode[]>;
  /** Reads the counts of each shard of the indices that match a pattern, including hidden and excluding closed ones. */
  counts(pattern: string): Promise<IndexCounts[]>;
  /** Lists the files of a snapshot that has ended. The engine reads one file of the repository for each shard. */
  snapshotFiles(repository: string, name: string): Promise<SnapshotFiles>;
  /** Lists the names of composable index templates. */
  indexTemplates(): Promise<string[]>;
  /** Lists the names of component templates. */
  componentTemplates(): Promise<string[]>;
  /** Lists the policies that manage indices over time (ILM, ISM); undefined if the engine lacks this feature. */
  policies(): Promise<string[] | undefined>;
}

/** `get` requests a path from the engine and returns the body. It throws the errors of SearchEngine. */
export function inventory(
  { engine, url }: { engine: 'elasticsearch' | 'opensearch'; url: string },
  get: (path: string, query: Record<string, string>) => Promise<unknown>,
): Inventory {
  const ask = async <T>(path: string, query: Record<string, string>, schema: z.ZodType<T>): Promise<T> => {
    const parsed = schema.safeParse(await get(path, query));
    if (parsed.success) return parsed.data;
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} answered GET ${path} in a form that is not known: ${z.prettifyError(parsed.error)}`,
    );
  };
  return {
    async nodes() {
      const found = await ask('/_nodes/http', { filter_path: nodeFields }, nodes);
      // The engine lists them by their ids, which are random and change with each new data folder.
      return Object.values(found.nodes).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },

    async counts(pattern) {
      // A closed index would make the engine refuse the request, and a wildcard alone does not match hidden indices.
      const query = { level: 'shards', expand_wildcards: 'open,hidden', filter_path: countFields };
      const path = `/${encodeURIComponent(pattern)}/_stats/docs`;
      const found = await ask(path, query, stats);
      // The engine answers 200 also if shards failed, and omits them.
      const failed = found._shards?.failed ?? 0;
      if (failed > 0) {
        throw new BackupError(
          'UnexpectedAnswer',
          `The search engine at ${url} answered GET ${path} without ${failed} shards that failed`,
        );
      }
      return Object.entries(found.indices).map(([index, { shards }]) => ({
        index,
        shards: Object.entries(shards).flatMap(([shard, copies]) => countOf(Number(shard), copies)),
      }));
    },

    async snapshotFiles(repository, name) {
      const path = `/_snapshot/${encodeURIComponent(repository)}/${encodeURIComponent(name)}/_status`;
      const { snapshots } = await ask(path, { filter_path: fileFields }, status);
      const [{ indices }] = snapshots;
      return {
        indices: Object.entries(indices).map(([index, { shards }]) => ({
          index,
          shards: Object.entries(shards).map(
            ([
              shard,
              {
                stats: { total },
              },
            ]) => ({
              shard: Number(shard),
              files: total.file_count,
              bytes: total.size_in_bytes,
            }),
          ),
        })),
      };
    },

    async indexTemplates() {
      const query = { filter_path: 'index_templates.name' };
      return namesIn((await ask('/_index_template', query, indexTemplates)).index_templates);
    },

    async componentTemplates() {
      const query = { filter_path: 'component_templates.name' };
      return namesIn((await ask('/_component_template', query, componentTemplates)).component_templates);
    },

    async policies() {
      try {
        if (engine === 'opensearch') {
          const found = await ask('/_plugins/_ism/policies', { size: '1000' }, ismPolicies);
          return found.policies.map(({ _id }) => _id).toSorted();
        }
        return Object.keys(await ask('/_ilm/policy', { filter_path: '*.version' }, ilmPolicies)).toSorted();
      } catch (error) {
        const isAbsent = isBackupError(error, 'RequestRefused') && noHandler.has(error.status ?? 0);
        if (isAbsent) return undefined;
        throw error;
      }
    },
  };
}

/** The answers of an engine without the feature. OpenSearch 2.19.1 without its plugin answers 400 (recorded). */
const noHandler = new Set([400, 404, 405]);

/** A number that JavaScript would round is refused, because the exact count would not be known. */
const count = z.int();
/** The engines report numbers of a commit as texts. */
const countInText = z
  .string()
  .regex(/^-?\d{1,16}$/)
  .transform(Number)
  .pipe(z.int());

const nodeFields = 'nodes.*.name,nodes.*.version,nodes.*.roles';
const nodes = z.object({
  nodes: z.record(
    z.string(),
    z.object({ name: z.string(), version: z.string(), roles: z.array(z.string()).default([]) }),
  ),
});

const countFields = ['routing.primary', 'seq_no.max_seq_no', 'commit.num_docs', 'commit.user_data.max_seq_no']
  .map((field) => `indices.*.shards.*.${field}`)
  .concat('_shards.failed')
  .join(',');
const copy = z.object({
  routing: z.object({ primary: z.boolean() }),
  seq_no: z.object({ max_seq_no: count }),
  commit: z.object({ num_docs: count, user_data: z.object({ max_seq_no: countInText }) }),
});
/** If no index matches, `filter_path` also omits the objects around it. */
const stats = z.object({
  _shards: z.object({ failed: count }).optional(),
  indices: z
    .record(z.string(), z.object({ shards: z.record(z.string().regex(/^\d+$/), z.array(copy)) }))
    .default({}),
});

function countOf(shard: number, copies: z.infer<typeof copy>[]): ShardCount[] {
  const primary = copies.find(({ routing }) => routing.primary);
  if (!primary) return [];
  const { seq_no, commit } = primary;
  const committed = { documents: commit.num_docs, maxSeqNo: commit.user_data.max_seq_no };
  return [{ shard, maxSeqNo: seq_no.max_seq_no, committed }];
}

/** With the name, `filter_path` keeps a snapshot that holds no index. */
const fileFields = 'snapshots.snapshot,snapshots.indices.*.shards.*.stats.total';
const status = z.object({
  snapshots: z.tuple([
    z.object({
      snapshot: z.string(),
      indices: z
        .record(
          z.string(),
          z.object({
            shards: z.record(
              z.string().regex(/^\d+$/),
              z.object({ stats: z.object({ total: z.object({ file_count: count, size_in_bytes: count }) }) }),
            ),
          }),
        )
        .default({}),
    }),
  ]),
});

const named = z.array(z.object({ name: z.string() })).default([]);
const indexTemplates = z.object({ index_templates: named });
const componentTemplates = z.object({ component_templates: named });
const namesIn = (all: { name: string }[]) => all.map(({ name }) => name).toSorted();

const ismPolicies = z.object({ policies: z.array(z.object({ _id: z.string() })) });
const ilmPolicies = z.record(z.string(), z.unknown());
