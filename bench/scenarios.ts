import type { Operation } from '../simulator/index.ts';
import { round } from './figures.ts';

/** A cluster, with the seconds that each component's backup takes. */
export interface Scenario {
  name: string;
  camunda: '8.7' | '8.8';
  durations: Record<string, number>;
}

const chosen: Scenario[] = [
  { name: 'short', camunda: '8.8', durations: { webApplications: 2, optimize: 2, records: 2, zeebe: 2 } },
  { name: 'mixed', camunda: '8.8', durations: { webApplications: 21, optimize: 13, records: 6, zeebe: 33 } },
  {
    name: 'older',
    camunda: '8.7',
    durations: { operate: 17, tasklist: 28, optimize: 9, records: 4, zeebe: 12 },
  },
  {
    name: 'long',
    camunda: '8.7',
    durations: { operate: 60, tasklist: 31, optimize: 45, records: 11, zeebe: 24 },
  },
];

const drawn = 5;
/** The longest drawn duration. Drawn scenarios must not last longer than the longest fixed one. */
const longestSeconds = 25;

/** Four fixed scenarios, and five that the seed draws, to which no rule can be fitted. The longest comes first. */
export function scenarios(seed: number): Scenario[] {
  const next = random(seed);
  const seconds = () => round(1 + next() * (longestSeconds - 1), 1);
  const more = Array.from({ length: drawn }, (_, index): Scenario => {
    const rest = { optimize: seconds(), records: seconds(), zeebe: seconds() };
    const name = `drawn ${index + 1}`;
    return index % 2 === 0
      ? { name, camunda: '8.8', durations: { webApplications: seconds(), ...rest } }
      : { name, camunda: '8.7', durations: { operate: seconds(), tasklist: seconds(), ...rest } };
  });
  return [...chosen, ...more].toSorted((a, b) => needsOf(b).total - needsOf(a).total);
}

/** The call that starts each component's backup in the simulator. */
export const starts = {
  webApplications: 'webApplications.start',
  operate: 'operate.start',
  tasklist: 'tasklist.start',
  optimize: 'optimize.start',
  records: 'search.create',
  zeebe: 'zeebe.start',
} as const satisfies Record<string, Operation>;

const applications = ['webApplications', 'operate', 'tasklist', 'optimize'] as const;

/** The seconds that the components need on the whole critical path, and during the pause. */
export function needsOf({ camunda, durations }: Scenario) {
  const of = (name: string) => durations[name] ?? 0;
  const rest = of('records') + of('zeebe');
  const total = Math.max(...applications.map(of)) + rest;
  return { total, paused: camunda === '8.8' ? total : rest };
}

/** A generator of numbers from 0 to 1 (Lehmer), which are always the same for a seed. */
export function random(seed: number): () => number {
  const modulus = 2_147_483_647;
  let state = (seed % (modulus - 1)) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}
