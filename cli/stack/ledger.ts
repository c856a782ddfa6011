import type { Commands } from '../../core/commands.ts';
import { s3Client } from '../../core/connect/s3-client.ts';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import type { DeployedStack } from './outputs.ts';

/** Opens the ledger in a stack's bucket. */
export function ledgerOfStack({ ledger: { bucket, prefix } }: DeployedStack, commands: Commands): Ledger {
  return ledger(s3Store({ bucket, prefix, client: s3Client() }), commands);
}
