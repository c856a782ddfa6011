/** Everything about a case that is left to chance. All of it follows from the seed. */
export interface Numbers {
  partitions: number;
  /** How long the load runs before the backup begins. */
  warmUpMs: number;
  /** How many process instances the load creates in a second. */
  rate: number;
  broker: {
    batch: number;
    betweenMs: number;
    retryMs: number;
    copyMs: number;
    /** It is short against the procedure, so that Zeebe's own snapshots fall between the steps. */
    snapshotEveryMs: number;
    segmentBytes: number;
  };
  applications: { importIntervalMs: number; importBatch: number; partIntervalMs: number };
  /** The waits before the steps of the procedure, of which no order has more. */
  beforeStepsMs: number[];
  /** Chooses the part that is lost, as a share of the number of parts. */
  lostPart: number;
  /** How long the load runs on the restored cluster. */
  afterwardsMs: number;
}

const MOST_STEPS = 6;

export function numbersOf(seed: number): Numbers {
  const next = mulberry32(seed);
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    partitions: between(1, 3),
    warmUpMs: between(150, 500),
    rate: between(8, 30),
    broker: {
      batch: between(10, 200),
      betweenMs: between(30, 250),
      retryMs: 50,
      copyMs: between(0, 10),
      snapshotEveryMs: between(80, 500),
      segmentBytes: between(2_000, 32_000),
    },
    applications: {
      importIntervalMs: between(60, 400),
      importBatch: between(20, 500),
      partIntervalMs: between(0, 60),
    },
    beforeStepsMs: Array.from({ length: MOST_STEPS }, () => between(0, 200)),
    lostPart: next(),
    afterwardsMs: between(100, 300),
  };
}

/** A small generator of even quality, which gives the same numbers for the same seed on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
