import type { ComponentName, Operation } from '../operations.ts';
import { isRecorded, type RecordedName } from '../recorded.ts';

/** The kinds of faults of a call, which replace the real answer or change it. */
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

/** The ways in which an accepted backup goes wrong. */
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
  /** How many calls the fault affects. Default 1. */
  times?: number | 'always';
  /** How many calls pass before the fault. Default 0. */
  skip?: number;
  kind: CallFaultKind;
}

export interface CourseFault {
  component: ComponentName;
  /** How many of the next backups the fault affects. Default 1. */
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

/** The courses that a component's backup can take. A partition is never partial, and a snapshot is never INCOMPLETE. */
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

/** The ordered faults that are not used up yet. A call or a backup takes the first fault that fits. */
export class FaultBook {
  #calls: Order<CallFault>[] = [];
  #courses: Order<CourseFault>[] = [];

  order(fault: Fault): { cancel(): void } {
    const left = fault.times === 'always' ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
    const skip = fault.skip ?? 0;
    if ('operation' in fault) {
      if (typeof fault.kind === 'object' && 'recorded' in fault.kind && !isRecorded(fault.kind.recorded)) {
        throw new Error(`there is no recorded answer with the name ${String(fault.kind.recorded)}`);
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
