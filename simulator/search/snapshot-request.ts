import * as z from 'zod';
import type { Leniency } from './name-patterns.ts';

const body = z.looseObject({
  indices: z.union([z.string(), z.array(z.string())]).optional(),
  ignore_unavailable: z.boolean().optional(),
  allow_no_indices: z.boolean().optional(),
  include_global_state: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

export interface SnapshotRequest extends Leniency {
  /** Names and wildcards. An empty list in the request means everything. */
  patterns: string[];
  includeGlobalState: boolean;
  metadata: Record<string, unknown> | undefined;
}

/** Reads a request; undefined if it is not JSON. Both engines accept unknown keys. OpenSearch accepts `feature_states`. */
export function readSnapshotRequest(text: string): SnapshotRequest | undefined {
  let parsed: unknown = {};
  try {
    if (text.trim() !== '') parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = body.safeParse(parsed);
  if (!read.success) return undefined;
  const { indices, ignore_unavailable, allow_no_indices, include_global_state, metadata } = read.data;
  const named = (typeof indices === 'string' ? indices.split(',') : (indices ?? [])).flatMap((name) => {
    const trimmed = name.trim();
    return trimmed === '' ? [] : trimmed.split(',');
  });
  return {
    patterns: named.length === 0 ? ['*'] : named,
    ignoreUnavailable: ignore_unavailable ?? false,
    allowNoIndices: allow_no_indices ?? true,
    includeGlobalState: include_global_state ?? true,
    metadata,
  };
}
