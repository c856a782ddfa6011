import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import { callCommandLine, camundaBackup } from '../support/command.ts';
import { assertCode } from './harness.ts';

describe('The demo', () => {
  test('`demo` backs up Camunda 8.8, whose exporting is paused first, and prints nothing to stdout', async () => {
    const ended = await camundaBackup(['demo']).ended;
    assertCode(ended, 0);
    const manifest = /Manifest: (.*)/.exec(ended.stderr)?.[1];
    assert.ok(manifest && existsSync(manifest));
    assert.match(ended.stderr, /is paused.*Web applications: done/s);
    assert.match(ended.stderr, /\n.*(camunda-backup|main\.js) run\n/);
    assert.equal(ended.stdout, '');
  });

  test('`demo --json` backs up Camunda 8.7 and prints one JSON object to stdout, as `run` does', async () => {
    const ended = await callCommandLine(['demo', '--camunda', '8.7', '--json']).ended;
    assertCode(ended, 0);
    assert.match(ended.stderr, /Tasklist: done.*is paused/s);
    const { state, cluster, manifest } = ended.json();
    assert.deepEqual({ state, cluster }, { state: 'COMPLETED', cluster: 'demo' });
    assert.doesNotMatch(ended.stderr, /warning/i);
    assert.ok(manifest && existsSync(manifest));
    assert.equal(ended.stdout.trim().split('\n').length, 1);
  });
});
