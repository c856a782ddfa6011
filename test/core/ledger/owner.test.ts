import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { test } from 'node:test';
import type { Owner } from '../../../core/ledger/lock.ts';
import { describeOwner, isOwnerAlive, thisProcess } from '../../../core/ledger/owner.ts';

type ProcessOwner = Extract<Owner, { kind: 'process' }>;

function here(): ProcessOwner {
  const owner = thisProcess();
  assert(owner.kind === 'process');
  return owner;
}

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  assert(child.pid);
  return child.pid;
}

test('this process is alive', () => {
  assert.deepEqual([here().host, here().pid], [hostname(), process.pid]);
  assert.equal(isOwnerAlive(here()), 'alive');
});

test('a process that has ended is gone', async () => {
  assert.equal(isOwnerAlive({ ...here(), pid: await pidOfTheDead() }), 'gone');
});

test('a process that has ended and that nobody reaped is gone', {
  skip: process.platform !== 'linux',
}, async (t) => {
  // The shell becomes a process that never asks how its child has ended.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
  t.after(() => parent.kill('SIGKILL'));
  const [first] = await once(parent.stdout.setEncoding('utf8'), 'data');
  const pid = Number(first);
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8');
  while (!/\) Z /.test(stat())) await new Promise((resolve) => void setImmediate(resolve));
  assert.equal(isOwnerAlive({ kind: 'process', host: hostname(), pid }), 'gone');
});

test('a later process with the same pid is not the owner', { skip: process.platform !== 'linux' }, () => {
  assert(here().processStart);
  assert.equal(isOwnerAlive({ ...here(), processStart: 'another-boot/1' }), 'gone');
});

test('where nothing is known of its start, a pid that exists counts as alive', () => {
  const { kind, host, pid } = here();
  assert.equal(isOwnerAlive({ kind, host, pid }), 'alive');
});

test('a process of another host is unknown, never gone', async () => {
  assert.equal(isOwnerAlive({ ...here(), host: 'elsewhere', pid: await pidOfTheDead() }), 'unknown');
});

test('an execution is unknown from here', () => {
  const arn = 'arn:aws:states:eu-central-1:1:execution:backup:7';
  assert.equal(isOwnerAlive({ kind: 'execution', arn }), 'unknown');
  assert.equal(describeOwner({ kind: 'execution', arn }), arn);
});

test('an owner is described so that people find it', () => {
  assert.equal(describeOwner({ kind: 'process', host: 'laptop', pid: 7 }), 'process 7 on laptop');
});
