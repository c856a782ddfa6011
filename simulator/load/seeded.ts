/** Returns a function whose numbers, from 0 up to 1, look random and are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    // A linear congruential generator. Its lower bits repeat soon, and the upper ones are good enough for load.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
