import type { Commands } from '../commands.ts';
import { quoted } from '../shell.ts';
import { type Auth, schemeOf } from './authenticate.ts';

/** A call for a person to paste into a shell. It contains no secret, only the variable that holds it. */
export function curl(method: 'POST' | 'DELETE', url: string, auth: Auth | undefined): string {
  return [`curl -X ${method}`, ...(auth ? schemeOf(auth).curl : []), quoted(url)].join(' ');
}

/** Where exporting is resumed; `url` without `/actuator`. */
export interface ZeebeAddress {
  url: string;
  auth?: Auth | undefined;
}

/** The call that ends a pause when nothing else does. `ZEEBE` stands for an address that is not known. */
export function resumeByHand({ url, auth }: ZeebeAddress = { url: 'ZEEBE' }): string {
  return `By hand: ${curl('POST', `${url}/actuator/exporting/resume`, auth)} (the "status" in the answer must be 204).`;
}

/** How a pause ends that no run explains, as sentences. */
export function waysToResume(
  cluster: string,
  zeebe: ZeebeAddress,
  commands: Pick<Commands, 'repair'>,
  { isLedgerEmpty }: { isLedgerEmpty: boolean },
): string[] {
  const command = commands.repair(cluster, { resumeUnexplained: true });
  return [
    isLedgerEmpty
      ? 'Find out who paused it: it may be a run whose ledger is another one.'
      : `Find out who paused it. If nobody needs the pause, end it: ${command}`,
    resumeByHand(zeebe),
  ];
}
