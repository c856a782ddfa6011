import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, test } from '@jest/globals';
import type { Owner } from '../../../../core/ledger/lock/lock.ts';
import {
  describeOwner,
  describeRun,
  type Here,
  isOwnerAlive,
  judgeRun,
  runAndOwner,
  thisProcess,
} from '../../../../core/ledger/lock/owner.ts';
import { cleanUp } from '../../../support/clean-up.ts';
import { unless } from '../../../support/unless.ts';

const notLinux = process.platform !== 'linux' && 'only Linux shows where a process runs';
const onLinux = unless(notLinux);

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  assert(child.pid);
  return child.pid;
}

describe('An owner on this machine', () => {
  onLinux.test('An owner is alive where it is this process', () => {
    assert.deepEqual([thisProcess().host, thisProcess().pid], [hostname(), process.pid]);
    assert.equal(isOwnerAlive(thisProcess()), 'alive');
  });

  onLinux.test('An owner is gone when its process has ended', async () => {
    assert.equal(isOwnerAlive({ ...thisProcess(), pid: await pidOfTheDead() }), 'gone');
  });

  onLinux.test('An owner is gone when its process has ended and nobody has reaped it', async () => {
    // The shell becomes a process that never asks how its child has ended, which it does when its input is closed.
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 60 3<&-'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    cleanUp(() => parent.kill('SIGKILL'));
    assert.ok(parent.stdout);
    const [first] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const pid = Number(first);
    const nextTurn = () => new Promise((resolve) => void setImmediate(resolve));
    while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await nextTurn();
    parent.stdio[3]?.destroy();
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await nextTurn();
    const { processStart: _, ...owner } = thisProcess();
    assert.equal(isOwnerAlive({ ...owner, pid }), 'gone');
  });

  onLinux.test('An owner is gone when a later process has its pid', () => {
    assert.equal(isOwnerAlive({ ...thisProcess(), processStart: 'another-boot/1' }), 'gone');
  });

  onLinux.test('An owner is alive when its pid exists and nobody knows when it began', () => {
    const { processStart: _, ...owner } = thisProcess();
    assert.equal(isOwnerAlive(owner), 'alive');
  });

  const unshare = ['--pid', '--fork', '--mount-proc'];
  const mayUnshare = () => spawnSync('unshare', [...unshare, 'true']).status === 0;
  unless(notLinux || (!mayUnshare() && 'unshare may not be used here')).test(
    'An owner of another PID namespace is unknown: its pid is nobody or somebody else here',
    () => {
      const program = `
      import { isOwnerAlive, thisProcess } from ${JSON.stringify(new URL('../../../../core/ledger/lock/owner.ts', import.meta.url).href)};
      console.log(isOwnerAlive(${JSON.stringify(thisProcess())}), isOwnerAlive(thisProcess()));`;
      const node = [process.execPath, '--input-type=module', '--eval', program];
      const { stdout } = spawnSync('unshare', [...unshare, ...node], { encoding: 'utf8' });
      assert.equal(stdout, 'unknown alive\n');
    },
  );
});

describe('An owner that is judged by where it ran', () => {
  const initial = 'pid:[4026531836]';
  const container = 'pid:[4026532178]';
  const nobody: Here = {
    machineId: 'm1',
    bootId: 'b1',
    pidNamespace: initial,
    processAt: () => undefined,
    uptimeSeconds: 600,
  };
  const everybody: Here = { ...nobody, processAt: () => ({ start: 'b1/100' }) };
  const ran = (where: Partial<Extract<Owner, { kind: 'process' }>> = {}): Owner => ({
    kind: 'process',
    host: 'worker-1',
    pid: 7,
    processStart: 'b1/100',
    machineId: 'm1',
    bootId: 'b1',
    pidNamespace: initial,
    ...where,
  });
  /** What is said of it where no process has its pid, and where one has that began at the same moment. */
  const said = (owner: Owner, here: Partial<Here> = {}) => [
    isOwnerAlive(owner, { ...nobody, ...here }),
    isOwnerAlive(owner, { ...everybody, ...here }),
  ];
  const unknown = ['unknown', 'unknown'];

  test('An owner has its process to tell where the machine, the boot and the PID namespace are the same', () => {
    assert.deepEqual(said(ran()), ['gone', 'alive']);
    assert.deepEqual(said(ran({ pidNamespace: container }), { pidNamespace: container }), ['gone', 'alive']);
    assert.deepEqual(said(ran({ host: 'renamed-since' })), ['gone', 'alive']);
  });

  test('An owner is gone after a restart of the machine, whoever has its pid now', () => {
    assert.deepEqual(said(ran({ bootId: 'b0' })), ['gone', 'gone']);
  });

  test('An owner is unknown on another machine, also where the host name is the same', () => {
    assert.deepEqual(said(ran({ machineId: 'm2' })), unknown);
    assert.deepEqual(said(ran({ machineId: 'm2', bootId: 'b2' })), unknown);
  });

  test('An owner is unknown where two containers of one image, and so of one machine id, run on two hosts', () => {
    const owner = ran({ bootId: 'b2', pidNamespace: container });
    assert.deepEqual(said(owner, { pidNamespace: container }), unknown);
    assert.deepEqual(said(owner, { pidNamespace: 'pid:[4026532999]' }), unknown);
  });

  test('An owner is unknown where two containers run on one host', () => {
    assert.deepEqual(said(ran({ pidNamespace: container }), { pidNamespace: 'pid:[4026532999]' }), unknown);
  });

  test('An owner is unknown from the machine of a container, and from a container of its machine', () => {
    assert.deepEqual(said(ran({ pidNamespace: container })), unknown);
    assert.deepEqual(said(ran({ pidNamespace: container, bootId: 'b0' })), unknown);
    assert.deepEqual(said(ran(), { pidNamespace: container }), unknown);
    assert.deepEqual(said(ran({ bootId: 'b0' }), { pidNamespace: container }), unknown);
  });

  test('An owner is unknown where a machine id is empty or cannot be read, also after a restart', () => {
    for (const bootId of ['b0', 'b1']) {
      assert.deepEqual(said(ran({ machineId: '', bootId }), { machineId: '' }), unknown);
      assert.deepEqual(said(ran({ machineId: undefined, bootId }), { machineId: undefined }), unknown);
    }
  });

  test('An owner is unknown where the boot or the PID namespace cannot be read', () => {
    assert.deepEqual(said(ran({ bootId: undefined }), { bootId: undefined }), unknown);
    assert.deepEqual(said(ran(), { bootId: undefined }), unknown);
    assert.deepEqual(said(ran({ pidNamespace: undefined }), { pidNamespace: undefined }), unknown);
    assert.deepEqual(said(ran(), { pidNamespace: undefined }), unknown);
  });

  test('An owner is unknown where an older version wrote the lock, which says only the name of this host', () => {
    const { pid, processStart = '' } = thisProcess();
    const older: Owner = { kind: 'process', host: hostname(), pid, processStart };
    assert.deepEqual(said(older), unknown);
    assert.equal(isOwnerAlive(older), 'unknown');
  });

  test('An owner is unknown where it is an execution', () => {
    const arn = 'arn:aws:states:eu-central-1:1:execution:backup:7';
    assert.equal(isOwnerAlive({ kind: 'execution', arn }), 'unknown');
    assert.equal(describeOwner({ kind: 'execution', arn }), arn);
  });
});

describe('A run that is judged by its heartbeat too', () => {
  const initial = 'pid:[4026531836]';
  const here: Here = {
    machineId: 'm1',
    bootId: 'b1',
    pidNamespace: initial,
    processAt: (pid) => (pid === 7 ? { start: 'b1/100' } : undefined),
    uptimeSeconds: 600,
  };
  const owner: Owner = {
    kind: 'process',
    host: 'worker-1',
    pid: 7,
    processStart: 'b1/100',
    machineId: 'm1',
    bootId: 'b1',
    pidNamespace: initial,
  };
  const elsewhere: Owner = { ...owner, machineId: 'm2', bootId: 'b2' };
  const beforeTheRestart: Owner = { ...owner, bootId: 'b0' };
  const said = (of: Owner, ...seconds: (number | undefined | 'not known')[]) =>
    seconds.map((one) => judgeRun(of, one, here)).join(' ');

  test('A run on another machine lives as long as its heartbeat is fresh, and is gone after fifteen minutes', () => {
    assert.equal(said(elsewhere, 0, 120), 'alive alive');
    assert.equal(said(elsewhere, 121, 900), 'unknown unknown');
    assert.equal(said(elsewhere, 901), 'gone');
  });

  test('A run elsewhere is unknown where it never had a heartbeat', () => {
    assert.equal(said(elsewhere, undefined), 'unknown');
    assert.equal(said({ kind: 'process', host: 'worker-1', pid: 7 }, undefined), 'unknown');
  });

  test('A run here is gone as soon as its process is gone, however fresh its heartbeat is', () => {
    assert.equal(said({ ...owner, pid: 8 }, 1, 901, undefined), 'gone gone gone');
  });

  test('A run here lives as long as its process does, unless its heartbeat has stood still for fifteen minutes', () => {
    assert.equal(said(owner, undefined, 1, 900), 'alive alive alive');
    assert.equal(said(owner, 901), 'gone');
  });

  test('A run whose heartbeat has no known age is told by its process alone, and after a restart not even by that', () => {
    assert.equal(said({ ...owner, pid: 8 }, 'not known'), 'gone');
    assert.equal(said(owner, 'not known'), 'alive');
    assert.equal(said(elsewhere, 'not known'), 'unknown');
    assert.equal(said(beforeTheRestart, 'not known'), 'unknown');
  });

  test('A run is gone after a restart where its last heartbeat was written before it', () => {
    assert.equal(said(beforeTheRestart, undefined, 601, 901), 'gone gone gone');
  });

  test('A run is not gone where another machine with the same id has written a heartbeat since this one is up', () => {
    assert.equal(said(beforeTheRestart, 30, 599), 'alive unknown');
  });

  test('A run lives where a clone of its machine that has just come up sees a fresh heartbeat', () => {
    const clone = { ...here, uptimeSeconds: 10 };
    assert.equal(judgeRun(beforeTheRestart, 25, clone), 'alive');
    assert.equal(judgeRun(beforeTheRestart, 121, clone), 'gone');
  });
});

const machineId = notLinux ? '' : readFileSync('/etc/machine-id', 'utf8').trim();
unless(notLinux || (machineId === '' && 'this machine has no id')).test(
  'The id of the machine is confidential, and not in the ledger',
  () => {
    assert.ok(!JSON.stringify(thisProcess()).includes(machineId));
  },
);

test('An owner is described so that people find it', () => {
  assert.equal(describeOwner({ kind: 'process', host: 'laptop', pid: 7 }), 'process 7 on laptop');
});

test('A run in a process is named with its owner, and one in an execution by its ARN alone', () => {
  const process = { kind: 'process', host: 'laptop', pid: 7 } as const;
  assert.equal(describeRun({ runId: 'run-1', owner: process }), 'run run-1 (process 7 on laptop)');
  assert.equal(runAndOwner({ runId: 'run-1', owner: process }), 'run-1, process 7 on laptop');
  const arn = 'arn:aws:states:eu-central-1:123456789012:execution:backup:production-1';
  const execution = { kind: 'execution', arn } as const;
  assert.equal(describeRun({ runId: arn, owner: execution }), `run ${arn}`);
  assert.equal(runAndOwner({ runId: arn, owner: execution }), arn);
});
