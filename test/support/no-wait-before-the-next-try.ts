import definition from '../../statemachine/backup.asl.json' with { type: 'json' };

/** Loaded into a command that is started (`--import`): the wait before another try, and no other, is over at once. */
const wait = definition.States.WaitBeforeTheNextTry.Seconds * 1000;

globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply: (setTimer, self, [work, milliseconds, ...rest]: unknown[]) =>
    Reflect.apply(setTimer, self, [work, milliseconds === wait ? 0 : milliseconds, ...rest]),
});
