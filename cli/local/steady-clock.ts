/** Further apart than the two clocks tick: the machine was suspended, or its clock was set forward. */
const apartMilliseconds = 1000;

/**
 * The time of a run, for what is measured and shown: it begins as the time of day, and goes on also where the clock of
 * the machine is set back. Otherwise a pause could have ended before it began.
 */
export function steadyClock(
  wall: () => number,
  monotonic: () => number = () => performance.now(),
): () => number {
  let last = { wall: wall(), monotonic: monotonic() };
  let instant = last.wall;
  return () => {
    const next = { wall: wall(), monotonic: monotonic() };
    const byWall = next.wall - last.wall;
    const byMonotonic = next.monotonic - last.monotonic;
    instant += byWall - byMonotonic > apartMilliseconds ? byWall : byMonotonic;
    last = next;
    return Math.round(instant);
  };
}
