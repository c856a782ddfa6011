import * as z from 'zod';
import type { CourseKind } from '../faults/faults.ts';
import type { EngineClient } from './engine-client.ts';

/** How an ordered fault changes a backup of real snapshots. */
export interface PartCourse {
  /** How many parts are taken. */
  taken: number;
  /** The part that contains a shard which no node has, so that its snapshot is PARTIAL. */
  unallocated: number | undefined;
  withoutGrace: boolean;
  firstDelayMs: number;
  /** How long each later part waits. */
  delayMs: number;
}

const NOT_FOUND_MS = 1000;
const FLAPPING_MS = 1000;

/** Throws if a real engine cannot be made to show such a course. */
export function partCourse(course: CourseKind | undefined, partCount: number): PartCourse {
  const usual: PartCourse = {
    taken: partCount,
    unallocated: undefined,
    withoutGrace: false,
    firstDelayMs: 0,
    delayMs: 0,
  };
  if (course === undefined) return usual;
  if (typeof course === 'object' && course.failed.reason === undefined) {
    return { ...usual, unallocated: course.failed.partition ?? partCount };
  }
  switch (course) {
    case 'partial':
      return { ...usual, unallocated: partCount };
    case 'vanishes':
      return { ...usual, taken: 0 };
    case 'incompleteForEver':
      return { ...usual, taken: Math.ceil(partCount / 2), withoutGrace: true };
    case 'flappingIncomplete':
      return { ...usual, withoutGrace: true, delayMs: FLAPPING_MS };
    case 'notFoundAfterAccept':
      return { ...usual, firstDelayMs: NOT_FOUND_MS };
    default:
      throw new Error(`a backup in a real search engine cannot take the course ${JSON.stringify(course)}`);
  }
}

/** Takes a part together with an index that no node may have. It is removed afterwards. */
export async function takeUnallocated<T>(
  engine: EngineClient,
  indices: string[],
  take: (change: Record<string, unknown>) => Promise<T>,
): Promise<T> {
  const index = `unallocated-${indices[0]?.replace('*', '')}`;
  const settings = {
    number_of_shards: 1,
    number_of_replicas: 0,
    'routing.allocation.require._name': 'no-such-node',
  };
  await engine.call('PUT', `${index}?wait_for_active_shards=0`, z.unknown(), { settings });
  try {
    return await take({ indices: [...indices, index], partial: true });
  } finally {
    await engine.call('DELETE', `${index}?ignore_unavailable=true`, z.unknown());
  }
}
