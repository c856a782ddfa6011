import type { Order } from './versions.ts';

/** The stages in which a backup asks its components, in their order. A plan has a list of targets for each stage. */
export const stages = ['applications', 'records', 'zeebe'] as const;
export type Stage = (typeof stages)[number];

/** The first stage while exporting is paused. It stays paused until the last stage has ended. */
export const firstPausedStage: Record<Order, Stage> = {
  PAUSE_FIRST: 'applications',
  APPLICATIONS_FIRST: 'records',
};

/** Returns the same value for every stage. */
export function forEachStage<T>(value: T): Record<Stage, T> {
  return { applications: value, records: value, zeebe: value };
}

/** Lists all targets of a plan in the order of the stages. */
export function targetsOf<A, R, Z>({
  applications,
  records,
  zeebe,
}: {
  applications: A[];
  records: R[];
  zeebe: Z[];
}): (A | R | Z)[] {
  return [...applications, ...records, ...zeebe];
}
