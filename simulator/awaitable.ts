/** A value that is there at once in memory, and that real parts are asked for. */
export type Awaitable<T> = T | Promise<T>;
