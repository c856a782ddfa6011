/** The two lines of Camunda whose procedures differ: up to 8.7, and from 8.8 on. */
export const lines = ['8.7', '8.8'] as const;
export type Line = (typeof lines)[number];

/** A step of a backup by hand. `losePart` removes one of the backup's snapshots, of which nobody is told. */
export type Step = 'pause' | 'applications' | 'records' | 'zeebe' | 'resume' | 'losePart';

/** Camunda's documented procedures. The applications include Optimize. */
const documented: Record<Line, Step[]> = {
  '8.7': ['applications', 'pause', 'records', 'zeebe', 'resume'],
  '8.8': ['pause', 'applications', 'records', 'zeebe', 'resume'],
};

export interface Order {
  name: string;
  /** Of a `counted` order nothing is expected: whether it loses depends on milliseconds. */
  kind: 'right' | 'wrong' | 'counted';
  /** What is done otherwise than in the right order, and why it loses or doubles. */
  because: string;
  steps: Step[];
  /** Whether Optimize takes its two parts at once, as on OpenSearch, or the positions first, as on Elasticsearch. */
  optimizeParts: 'concurrent' | 'sequential';
}

/** The right order, and each wrong one as the right one with a single change. */
export function ordersOf(line: Line): Order[] {
  const right: Order = {
    name: 'right',
    kind: 'right',
    because: 'This is the documented order.',
    steps: documented[line],
    optimizeParts: 'sequential',
  };
  return [
    right,
    {
      ...right,
      name: 'no-pause',
      kind: 'wrong',
      because:
        'Zeebe’s backup holds positions that were acknowledged after the search engine’s snapshots. What lies between is not exported again.',
      steps: right.steps.filter((step) => step !== 'pause' && step !== 'resume'),
    },
    {
      ...right,
      name: 'applications-after-zeebe',
      kind: 'wrong',
      because:
        'The applications hold what happened after Zeebe’s backup. The restored engine does it again, under keys that it uses anew, and importers skip records up to a position that the log has yet to reach.',
      steps: movedBehind(right.steps, 'applications', 'zeebe'),
    },
    {
      ...right,
      name: 'resume-before-zeebe',
      kind: 'wrong',
      because:
        'After the resume, positions are acknowledged that the search engine’s snapshots do not hold, and Zeebe’s backup takes them along.',
      steps: movedBehind(right.steps, 'zeebe', 'resume'),
    },
    {
      ...right,
      name: 'no-records',
      // From 8.8 on only Optimize imports, and it is seldom further behind than the pause lasts until its own backup.
      kind: line === '8.7' ? 'wrong' : 'counted',
      because:
        'Importers go on at their restored position. The records from there to Zeebe’s acknowledged position are in no snapshot.',
      steps: right.steps.filter((step) => step !== 'records'),
    },
    {
      ...right,
      name: 'part-missing',
      kind: 'wrong',
      because: 'One snapshot is not there when the backup is restored, and its indices with it.',
      steps: [...right.steps, 'losePart'],
    },
    {
      ...right,
      name: 'optimize-parts-at-once',
      kind: 'counted',
      because:
        'This is the documented order on OpenSearch, where Optimize takes its positions and its data at once: the positions may be newer than the data.',
      optimizeParts: 'concurrent',
    },
  ];
}

export function orderNamed(line: Line, name: string): Order {
  const orders = ordersOf(line);
  const found = orders.find((order) => order.name === name);
  if (found) return found;
  throw new Error(`There is no order ${name}, but ${orders.map((order) => order.name).join(', ')}`);
}

function movedBehind(steps: Step[], moved: Step, mark: Step): Step[] {
  return steps.filter((step) => step !== moved).flatMap((step) => (step === mark ? [step, moved] : [step]));
}
