/** A Camunda cluster with its search engine in memory, over real HTTP, with faults on order. */
export type { Call } from './calls.ts';
export type { SimulatorClock } from './clock.ts';
export type { ExporterPhase } from './exporting.ts';
export {
  type CallFault,
  type CallFaultKind,
  type CourseFault,
  type CourseKind,
  courses,
  type Fault,
} from './faults.ts';
export { type ComponentName, componentNames, type Operation, operations } from './operations.ts';
export type { CamundaMinor, SearchEngine, SimulatorOptions } from './options.ts';
export { type RecordedName, recordedNames } from './recorded.ts';
export {
  type HeldSnapshot,
  type SeedState,
  type Simulator,
  type SimulatorUrls,
  startSimulator,
} from './simulator.ts';
