/**
 * Loaded into a command that is started (`--import`): a wait of exactly a minute, which is the one before another try
 * and no other, is over at once.
 */
globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply: (setTimer, self, [work, milliseconds, ...rest]: unknown[]) =>
    Reflect.apply(setTimer, self, [work, milliseconds === 60_000 ? 0 : milliseconds, ...rest]),
});
