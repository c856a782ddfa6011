/** Somebody asks the simulator for something that it cannot have. The message says what in a sentence. */
export class Mistake extends Error {}
