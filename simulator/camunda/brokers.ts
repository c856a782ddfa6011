import type { SimulatorClock } from '../clock.ts';

/** How long the other brokers still list a dead one as a member. In the recordings they do after 1 s, not after 15 s. */
const UNNOTICED_MS = 10_000;

/** The brokers, living or dead, and the leaders of the partitions. Every broker has a replica of every partition. */
export class Brokers {
  readonly #clock: SimulatorClock;
  readonly ids: number[];
  readonly #deadSince = new Map<number, number>();

  constructor(clock: SimulatorClock, count: number) {
    this.#clock = clock;
    this.ids = Array.from({ length: count }, (_, id) => id);
  }

  stop(broker: number): void {
    if (!this.#deadSince.has(broker)) this.#deadSince.set(broker, this.#clock.now());
  }

  start(broker: number): void {
    this.#deadSince.delete(broker);
  }

  isAlive(broker: number): boolean {
    return !this.#deadSince.has(broker);
  }

  alive(): number[] {
    return this.ids.filter((broker) => this.isAlive(broker));
  }

  dead(): number[] {
    return this.ids.filter((broker) => !this.isAlive(broker));
  }

  /** True if a broker is dead and the gateway has not noticed it yet. */
  isUnnoticed(): boolean {
    return this.dead().some((broker) => !this.#isNoticed(broker));
  }

  /** The brokers that the gateway lists in its topology. */
  known(): number[] {
    return this.ids.filter((broker) => this.isAlive(broker) || !this.#isNoticed(broker));
  }

  /** The leader; undefined if there is none. Partition p prefers broker (p - 1) modulo the number of brokers. */
  leaderOf(partition: number): number | undefined {
    if (!this.hasQuorum()) return undefined;
    for (let step = 0; step < this.ids.length; step += 1) {
      const broker = (partition - 1 + step) % this.ids.length;
      if (this.isAlive(broker)) return broker;
      if (!this.#isNoticed(broker)) return undefined; // there was no election yet
    }
    return undefined;
  }

  hasQuorum(): boolean {
    return this.alive().length > this.ids.length / 2;
  }

  everyPartitionIsLed(partitions: number): boolean {
    for (let partition = 1; partition <= partitions; partition += 1) {
      if (this.leaderOf(partition) === undefined) return false;
    }
    return true;
  }

  #isNoticed(broker: number): boolean {
    const since = this.#deadSince.get(broker);
    return since !== undefined && this.#clock.now() - since >= UNNOTICED_MS;
  }
}
