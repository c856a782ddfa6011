import type { Trouble } from '../world.ts';

/** A trouble that a check must name, and with what. */
export interface Row extends Trouble {
  /** What is set up. */
  title: string;
  /** The finding. */
  name: string;
  severity: 'error' | 'warning' | 'unknown';
  subject: string;
  says: RegExp;
  remedy: RegExp;
}

/** A fault of the simulator. */
export const answer = (status: number, body: unknown) => ({ answer: { status, body } });
