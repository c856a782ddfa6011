/** If the two clocks differ by more than this, the machine was suspended, or its clock was set forward. */
const apartMilliseconds = 1000;

/**
 * The clock of a run, for everything that is measured and shown. It begins with the time of day, and never goes back
 * when the clock of the machine is set back. Otherwise a pause could end before it began.
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
