/** Simulates a Camunda cluster and its search engine in memory, over real HTTP, with faults on order. */
export type { SimulatorClock } from './clock.ts';

export {
  type CallFaultKind,
  type CourseFault,
  type CourseKind,
  courses,
} from './faults/faults.ts';
export { type ComponentName, componentNames, type Operation, operations } from './operations.ts';
export type { SearchEngine, SimulatorOptions } from './options.ts';
export { recordedNames } from './recorded.ts';
export {
  type Simulator,
  startSimulator,
} from './simulator.ts';
