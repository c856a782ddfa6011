import * as z from 'zod';
import { BackupError, isBackupError } from '../../errors.ts';

/**
 * What a restore needs to know of a search engine and a backup does not: its nodes, templates and policies, what each
 * shard holds, and what each snapshot has of it. Both engines have the same calls, but for those of the policies.
 */
interface SearchNode {
  name: string;
  version: string;
  /** Such as `data` and `master`; an older node may say none. */
  roles: string[];
}

/** How far the primary of a shard was when it was asked. */
interface ShardCount {
  shard: number;
  /** The number of the last operation; -1 where there was none. */
  maxSeqNo: number;
  /** What is in the last commit. A snapshot makes one and takes it, so right after a snapshot this is what it holds. */
  committed: { documents: number; maxSeqNo: number };
}

export interface IndexCounts {
  index: string;
  shards: ShardCount[];
}

/** What a restore of a snapshot brings back; not what the snapshot has added to the repository. */
export interface SnapshotFiles {
  indices: { index: string; shards: { shard: number; files: number; bytes: number }[] }[];
}

interface Templates {
  index: string[];
  component: string[];
}

/** What either engine can be asked for it. */
export interface Inventory {
  nodes(): Promise<SearchNode[]>;
  /** How far each shard is of the indices that a pattern matches, also of hidden ones, and not of closed ones. */
  counts(pattern: string): Promise<IndexCounts[]>;
  /** The files of a snapshot that has ended. The engine reads one file of the repository for each shard. */
  snapshotFiles(repository: string, name: string): Promise<SnapshotFiles>;
  /** The names of composable index templates and of component templates. */
  templates(): Promise<Templates>;
  /** The names of the policies that manage indices over time (ILM, ISM); undefined where the engine has no such thing. */
  policies(): Promise<string[] | undefined>;
}

/** `get` asks the engine for a path and returns the body; it throws what SearchEngine throws. */
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
      return Object.values(found.nodes);
    },

    async counts(pattern) {
      // A closed index would refuse the whole answer, and a wildcard alone does not take hidden ones.
      const query = { level: 'shards', expand_wildcards: 'open,hidden', filter_path: countFields };
      const found = await ask(`/${encodeURIComponent(pattern)}/_stats/docs`, query, stats);
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

    async templates() {
      const [ofIndices, components] = await Promise.all([
        ask('/_index_template', { filter_path: 'index_templates.name' }, indexTemplates),
        ask('/_component_template', { filter_path: 'component_templates.name' }, componentTemplates),
      ]);
      return {
        index: namesIn(ofIndices.index_templates),
        component: namesIn(components.component_templates),
      };
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

/** What an engine without the feature answers: OpenSearch without its plugin 400 (recorded of 2.19.1). */
const noHandler = new Set([400, 404, 405]);

/** A number that JavaScript would have rounded is refused: then nothing is known. */
const count = z.int();
/** The engines keep what belongs to a commit as texts. */
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
  .join(',');
const copy = z.object({
  routing: z.object({ primary: z.boolean() }),
  seq_no: z.object({ max_seq_no: count }),
  commit: z.object({ num_docs: count, user_data: z.object({ max_seq_no: countInText }) }),
});
/** What matches no index is left out by `filter_path`, with all that is around it. */
const stats = z.object({
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

const fileFields = 'snapshots.indices.*.shards.*.stats.total';
const status = z.object({
  snapshots: z.tuple([
    z.object({
      indices: z.record(
        z.string(),
        z.object({
          shards: z.record(
            z.string().regex(/^\d+$/),
            z.object({ stats: z.object({ total: z.object({ file_count: count, size_in_bytes: count }) }) }),
          ),
        }),
      ),
    }),
  ]),
});

const named = z.array(z.object({ name: z.string() })).default([]);
const indexTemplates = z.object({ index_templates: named });
const componentTemplates = z.object({ component_templates: named });
const namesIn = (all: { name: string }[]) => all.map(({ name }) => name).toSorted();

const ismPolicies = z.object({ policies: z.array(z.object({ _id: z.string() })) });
const ilmPolicies = z.record(z.string(), z.unknown());
