import type { ComponentName, Operation } from '../operations.ts';
import { isRecorded, type RecordedName } from '../recorded.ts';

/** What happens to a call instead of, or after, the real answer. */
export type CallFaultKind =
  | { answer: { status: number; body?: unknown; contentType?: string } }
  | { recorded: RecordedName }
  | 'hang'
  | 'reset'
  | 'truncated'
  | 'html'
  | { slow: number }
  | 'lostAnswer'
  | { lostAnswer: 'timeout' };

/** How a backup goes wrong after it was accepted. */
export type CourseKind =
  | 'neverEnds'
  | { failed: { partition?: number; reason?: string } }
  | 'incompleteForEver'
  | 'incompatible'
  | 'flappingIncomplete'
  | 'notFoundAfterAccept'
  | 'vanishes'
  | 'partial';

export interface CallFault {
  operation: Operation | readonly Operation[];
  /** How many calls it strikes. Default 1. */
  times?: number | 'always';
  /** How many calls pass first. Default 0. */
  skip?: number;
  kind: CallFaultKind;
}

export interface CourseFault {
  component: ComponentName;
  /** How many of the next backups it strikes. Default 1. */
  times?: number | 'always';
  skip?: number;
  kind: CourseKind;
}

export type Fault = CallFault | CourseFault;

type CourseName = Extract<CourseKind, string> | 'failed';

const PARTS: readonly CourseName[] = [
  'neverEnds',
  'failed',
  'incompleteForEver',
  'incompatible',
  'flappingIncomplete',
  'notFoundAfterAccept',
  'vanishes',
  'partial',
];

/** Which courses a component's backup can take: a partition is never partial, a snapshot is never INCOMPLETE. */
export const courses: Record<ComponentName, readonly CourseName[]> = {
  zeebe: PARTS.filter((course) => course !== 'partial'),
  operate: PARTS,
  tasklist: PARTS,
  webApplications: PARTS,
  optimize: PARTS,
  records: PARTS.filter((course) => course !== 'incompleteForEver' && course !== 'flappingIncomplete'),
};

interface Order<F> {
  fault: F;
  skip: number;
  left: number;
}

/** The faults that are ordered and not yet used up. The first that fits a call or a backup is taken. */
export class FaultBook {
  #calls: Order<CallFault>[] = [];
  #courses: Order<CourseFault>[] = [];

  order(fault: Fault): { cancel(): void } {
    const left = fault.times === 'always' ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
    const skip = fault.skip ?? 0;
    if ('operation' in fault) {
      if (typeof fault.kind === 'object' && 'recorded' in fault.kind && !isRecorded(fault.kind.recorded)) {
        throw new Error(`no answer is recorded under the name ${String(fault.kind.recorded)}`);
      }
      const order = { fault, skip, left };
      this.#calls.push(order);
      return canceller(order);
    }
    const course = typeof fault.kind === 'object' ? 'failed' : fault.kind;
    if (!courses[fault.component].includes(course)) {
      throw new Error(`a backup of ${fault.component} cannot take the course ${course}`);
    }
    const order = { fault, skip, left };
    this.#courses.push(order);
    return canceller(order);
  }

  clear(): void {
    this.#calls = [];
    this.#courses = [];
  }

  forCall(operation: Operation): CallFaultKind | undefined {
    return take(this.#calls, ({ operation: ordered }) =>
      typeof ordered === 'string' ? ordered === operation : ordered.includes(operation),
    )?.kind;
  }

  forBackup(component: ComponentName): CourseKind | undefined {
    return take(this.#courses, (fault) => fault.component === component)?.kind;
  }
}

function canceller(order: { left: number }): { cancel(): void } {
  return {
    cancel() {
      order.left = 0;
    },
  };
}

function take<F>(orders: Order<F>[], fits: (fault: F) => boolean): F | undefined {
  for (const order of orders) {
    if (order.left <= 0 || !fits(order.fault)) continue;
    if (order.skip > 0) {
      order.skip -= 1;
      continue;
    }
    order.left -= 1;
    return order.fault;
  }
  return undefined;
}
