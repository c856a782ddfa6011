import type { Commands } from '../../core/commands.ts';
import type { BackupError } from '../../core/errors.ts';
import type { Verification } from '../../core/ledger/verification.ts';
import { exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import { type Output, printError, printJson } from '../screen/output.ts';
import type { Verified, VerifyResult } from './result.ts';
import { verificationLines } from './text.ts';

/** A verification, and where it was written or why it was not. */
export interface Done {
  verification: Verification;
  document: string | null;
  problem?: BackupError;
}

export function printOne(
  { verification, problem }: Done,
  { stdout, stderr }: Output,
  commands: Commands,
): void {
  for (const line of verificationLines(verification, commands, stdout)) stdout.write(`${line}\n`);
  if (problem) printError(stderr, problem);
}

/** Prints the object of `--json`. */
export function printObject(cluster: string, done: Done[], { stdout }: Pick<Output, 'stdout'>): void {
  const failed = done.find(({ problem }) => problem)?.problem;
  const result: VerifyResult = {
    cluster,
    verifications: done.map(verifiedOf),
    failure: failed ? failureOf(failed) : null,
  };
  printJson(stdout, result);
}

function verifiedOf({ verification, document }: Done): Verified {
  const { format: _, cluster: __, ...rest } = verification;
  return { ...rest, document };
}

export function exitCodeOf(done: Done[]): number {
  const has = (wanted: Verification['verdict']) =>
    done.some(({ verification: { verdict } }) => verdict === wanted);
  if (has('wrong') || done.some(({ problem }) => problem)) return exitCodes.failed;
  return has('unknown') ? exitCodes.unproven : exitCodes.done;
}
