import definition from '../../statemachine/backup.asl.json' with { type: 'json' };

/**
 * Loaded into a command that is started (`--import`): the wait before another try, and no other, is over at once, or
 * after as many seconds as `?seconds=` of the import says.
 */
const wait = definition.States.WaitBeforeTheNextTry.Seconds * 1000;
const instead = Number(new URL(import.meta.url).searchParams.get('seconds') ?? 0) * 1000;

globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply: (setTimer, self, [work, milliseconds, ...rest]: unknown[]) =>
    Reflect.apply(setTimer, self, [work, milliseconds === wait ? instead : milliseconds, ...rest]),
});
