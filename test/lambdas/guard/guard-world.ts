import type { BackupError } from '../../../core/errors.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { stackCommands } from '../../../deployment/commands.ts';
import type { GuardProperties } from '../../../lambdas/guard/request.ts';
import type { GuardWorld } from '../../../lambdas/guard/world.ts';
import { TestClock } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';

export const stackId = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/camunda-backup/1a2b';
export const execution = 'arn:aws:states:eu-central-1:123456789012:execution:Backup-1:run-1';
const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Backup-1';
const commands = stackCommands({ program: 'npx camunda-backup', stack: 'camunda-backup' });

/** Two clusters, of which the first one has a secret. */
export const properties: GuardProperties = {
  Guards: 'update',
  Bucket: 'Ledger',
  Machine: 'Backup',
  BucketName: '',
  Prefix: 'ledger/',
  Clusters: [
    { Name: 'production', Reach: ['the secret elasticsearch'] },
    { Name: 'older', Reach: [] },
  ],
  Reach: ['the right of ResumeExporting to write */lock.json'],
};

export const heldLock: Lock = {
  format: 2,
  cluster: 'production',
  runId: execution,
  purpose: 'backup',
  owner: { kind: 'execution', arn: execution },
  reason: 'schedule',
  acquiredAt: '2026-11-21T09:00:00.000Z',
  backupId: 20261121090000,
};

export interface Surroundings {
  status: string | Error;
  /** The resources that the stack has, by their logical ids. */
  resources: Record<string, string>;
  /** The locks that are held. */
  locks: Lock[];
  /** The text of the lock of production, instead of a lock. */
  lockText?: string;
  /** The inputs of the running executions, by their ARNs. */
  running: Record<string, string>;
  /** The ledger's answer to every call. */
  trouble?: BackupError;
  /** The ledger never answers. */
  silent: boolean;
}

/** A stack whose update is in progress, with a ledger and no run. `asked` lists the questions to AWS. */
export async function guardWorld(
  changes: Partial<Surroundings> = {},
): Promise<GuardWorld & { asked: string[] }> {
  const { status, resources, locks, lockText, running, trouble, silent }: Surroundings = {
    status: 'UPDATE_IN_PROGRESS',
    resources: { Ledger: 'the-bucket', Backup: machine },
    locks: [],
    running: {},
    silent: false,
    ...changes,
  };
  const store = memoryStore();
  const books = ledger(store, commands);
  for (const lock of locks) await books.acquire(lock);
  if (lockText !== undefined) await store.write('production/lock.json', lockText);
  store.before = () => {
    if (trouble) throw trouble;
  };
  const asked: string[] = [];
  return {
    asked,
    clock: new TestClock(),
    async stackStatus(id) {
      asked.push(`status of ${id}`);
      if (status instanceof Error) throw status;
      return status;
    },
    async physicalId(_, logicalId) {
      asked.push(`resource ${logicalId}`);
      return resources[logicalId];
    },
    async running() {
      return Object.keys(running);
    },
    async inputOf(arn) {
      return running[arn];
    },
    ledgerIn({ bucket, prefix }) {
      asked.push(`ledger s3://${bucket}/${prefix}`);
      const readHolder = silent ? () => new Promise<never>(() => undefined) : books.readHolder;
      return { ledger: { readHolder }, commands };
    },
  };
}
