import { hostname, userInfo } from 'node:os';
import type { Failure } from '../core/ledger/manifest.ts';
import type { Recipients } from '../core/tell/subscriptions.ts';

/** The object of `--json`. */
export interface AlertTestResult {
  /** True if the webhook took the alert, or with `--stack` if it was sent to at least one confirmed subscription. */
  ok: boolean;
  sent: boolean;
  /** The address to which this machine has sent the alert; null with `--stack`. */
  webhook: string | null;
  stack: string | null;
  topic: string | null;
  by: string | null;
  confirmed: Recipients['confirmed'];
  pending: Recipients['pending'];
  failure: Failure | null;
}

/** The object of `--json` for a test of which nothing else is known, such as one that an error ended early. */
export function nothingSent(failure: Failure | null): AlertTestResult {
  return {
    ok: false,
    sent: false,
    webhook: null,
    stack: null,
    topic: null,
    by: null,
    confirmed: [],
    pending: [],
    failure,
  };
}

/** The user and the machine, as far as the host names them. */
export function whoever(): string {
  try {
    return `${userInfo().username} on ${hostname()}`;
  } catch {
    return `somebody on ${hostname()}`;
  }
}
