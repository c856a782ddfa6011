/** What the tests of `status` share: manifests and locks of one cluster, and what `status` says of a ledger with them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatusResult } from '../../../cli/status/result.ts';
import { status } from '../../../cli/status/status.ts';
import { config as schema } from '../../../core/config/schema.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { folderStore } from '../../../core/ledger/store/folder.ts';
import { pauseOf } from '../../core/backup/world.ts';
import { TestClock, typed } from '../../core/fakes.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { written } from '../../support/written.ts';

export const clock = new TestClock('2026-11-21T12:00:00.000Z');

export function manifest(backupId: number, startedAt: string, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    backupId,
    cluster: 'production',
    runId: `run-${backupId}`,
    reason: 'manual',
    state: 'COMPLETED',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 250_000).toISOString(),
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [],
    exporting: {
      pausedAt: startedAt,
      resumedAt: new Date(Date.parse(startedAt) + 41_000).toISOString(),
      leftPaused: false,
    },
    warnings: [],
    ...rest,
  };
}

export function lock(rest: Partial<Lock> = {}): Lock {
  return {
    format: 2,
    cluster: 'production',
    runId: 'local-run',
    purpose: 'backup',
    owner: thisProcess(),
    reason: 'manual',
    acquiredAt: '2026-11-21T11:58:00.000Z',
    backupId: 9,
    ...rest,
  };
}

/** A process of this host that has ended. */
export const gone: Lock['owner'] = { ...thisProcess(), pid: 2 ** 30 };
export const elsewhere: Lock['owner'] = { kind: 'process', host: 'another-host', pid: 1 };
export const paused = pauseOf({ requestedAt: '2026-11-21T11:59:00.000Z' });
export const failed = {
  state: 'FAILED' as const,
  failure: {
    error: 'ComponentTimedOut',
    message: 'Operate did not end within 24 h',
    remedy: 'Look at its log.',
  },
};

/** A ledger in a folder, and what `status` says of it. */
export async function bench(production: Record<string, unknown> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  const zeebe = { url: 'http://zeebe:9600' };
  const config = schema.parse({ ledger: { folder }, clusters: { production: { zeebe, ...production } } });
  return {
    folder,
    books: ledger(folderStore(folder), typed),
    config,
    async look(options: { json?: boolean; cluster?: string } = {}) {
      const screen = written();
      const code = await status({
        config,
        commands: typed,
        offline: true,
        json: false,
        host: { output: screen.output, env: {} },
        clock,
        ...options,
      });
      return { code, text: screen.stdout(), json: screen.json };
    },
    async seen() {
      const screen = written();
      const code = await status({
        offline: true,
        config,
        commands: typed,
        json: true,
        host: { output: screen.output, env: {} },
        clock,
      });
      const { format, ok, clusters, failure } = screen.json() as StatusResult & { format: number };
      assert.deepEqual([format, failure], [1, null]);
      assert.equal(code, ok ? 0 : 1);
      const [only] = clusters;
      assert(only);
      return only;
    },
  };
}
