import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { partCourse } from '../../../simulator/applications/part-courses.ts';
import type { CourseKind } from '../../../simulator/index.ts';

describe('an ordered course of a backup of real snapshots', () => {
  it.each<{ course: CourseKind; taken: number; unallocated?: number }>([
    { course: 'vanishes', taken: 0 },
    { course: 'incompleteForEver', taken: 3 },
    { course: 'flappingIncomplete', taken: 6 },
    { course: 'notFoundAfterAccept', taken: 6 },
    { course: 'partial', taken: 6, unallocated: 6 },
    { course: { failed: {} }, taken: 6, unallocated: 6 },
    { course: { failed: { partition: 2 } }, taken: 6, unallocated: 2 },
  ])('can be $course', ({ course, taken, unallocated }) => {
    const planned = partCourse(course, 6);
    assert.deepEqual([planned.taken, planned.unallocated], [taken, unallocated]);
  });

  it.each<{ course: CourseKind }>([
    { course: 'neverEnds' },
    { course: 'incompatible' },
    { course: { failed: { reason: 'disk full' } } },
  ])('cannot be $course, and is refused', ({ course }) => {
    assert.throws(() => partCourse(course, 6), /cannot take the course/);
  });
});
