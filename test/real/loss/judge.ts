/** A process instance as the restored engine knows it: this is the truth. */
export interface Known {
  key: string;
  /** What the client calls the instance. A client begins each order once. */
  order: string;
  state: 'ACTIVE' | 'COMPLETED';
}

/** A process instance as an application shows it. */
export interface Shown {
  key: string;
  order: string;
  state: 'ACTIVE' | 'COMPLETED' | 'CANCELED';
}

export interface Verdict {
  /** Instances of the engine that an application does not show, or shows in an earlier state. */
  lost: string[];
  /**
   * Orders that an application shows twice, and what it shows that the engine has never done: an instance that was not
   * begun, or a completion. When that is done after all, it is there twice.
   */
  doubled: string[];
}

/** Compares what an application shows with what the engine knows. */
export function judge(application: string, known: Known[], shown: Shown[]): Verdict {
  const lost: string[] = [];
  const doubled: string[] = [];
  const shownBy = new Map(shown.map((instance) => [instance.key, instance]));
  for (const { key, order, state } of known) {
    const found = shownBy.get(key);
    if (found?.order !== order) lost.push(`${application} does not show ${order} (${key})`);
    else if (state === 'COMPLETED' && found.state === 'ACTIVE') {
      lost.push(`${application} shows ${order} (${key}) as active, which is completed`);
    }
  }
  const knownBy = new Map(known.map((instance) => [instance.key, instance]));
  for (const { key, order, state } of shown) {
    const real = knownBy.get(key);
    if (real?.order !== order) doubled.push(`${application} shows ${order} (${key}), which was never begun`);
    else if (state !== 'ACTIVE' && real.state === 'ACTIVE') {
      doubled.push(`${application} shows ${order} (${key}) as ${state.toLowerCase()}, which is active`);
    }
  }
  for (const [order, instances] of Map.groupBy(shown, (instance) => instance.order)) {
    const times = instances.length;
    if (times > 1) doubled.push(`${application} shows ${order} ${times} times`);
  }
  return { lost, doubled };
}

/** The orders that the engine does not know. */
export function unknownOrders(orders: Iterable<string>, known: Known[]): string[] {
  const found = new Set(known.map(({ order }) => order));
  return [...orders].filter((order) => !found.has(order));
}

export function together(verdicts: Verdict[]): Verdict {
  return {
    lost: verdicts.flatMap(({ lost }) => lost),
    doubled: verdicts.flatMap(({ doubled }) => doubled),
  };
}
