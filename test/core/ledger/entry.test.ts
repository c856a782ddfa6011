import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { ended, entryStateOf, refused, requested, started } from '../../../core/ledger/entry.ts';
import { type ComponentEntry, componentEntry } from '../../../core/ledger/manifest.ts';

/** As version 0.1.0 wrote an entry, with what differs from state to state left open. */
const written = (rest: string): ComponentEntry =>
  componentEntry.parse(
    JSON.parse(
      `{"component":"operate","url":"http://operate:9600","runId":"run-1","requestedAt":"2026-11-21T09:00:00.000Z",${rest}}`,
    ),
  );
const asked = written('"state":"REQUESTED"');
const said = { startedAt: '2026-11-21T09:00:01.000Z', scheduledSnapshots: ['a'] };

describe('The entry of a component', () => {
  for (const { state, json } of [
    { state: 'REQUESTED', json: '"state":"REQUESTED"' },
    { state: 'REFUSED', json: '"state":"REQUESTED","refused":true' },
    { state: 'REFUSED', json: '"state":"REQUESTED","refused":true,"nothingAtWork":true' },
    { state: 'STARTED', json: '"state":"STARTED","startedAt":"2026-11-21T09:00:01.000Z"' },
    { state: 'COMPLETED', json: '"state":"COMPLETED","parts":[]' },
    { state: 'FAILED', json: '"state":"FAILED","failure":"disk full"' },
  ] as const) {
    test(`An entry that an earlier version wrote as ${json} is ${state}`, () => {
      assert.equal(entryStateOf(written(json)), state);
    });
  }

  test('An entry that was refused is written in words that an earlier version reads', () => {
    assert.deepEqual(refused(asked), { ...asked, state: 'REQUESTED', refused: true });
    const idle = refused(refused(asked), { nothingAtWork: true });
    assert.deepEqual(idle, { ...asked, state: 'REQUESTED', refused: true, nothingAtWork: true });
    assert.deepEqual(refused(idle), refused(asked), 'what was seen at the last request counts');
  });

  test('An entry that is asked for again, or has started, forgets that it was refused', () => {
    assert.deepEqual(requested(refused(asked, { nothingAtWork: true })), asked);
    assert.deepEqual(started(refused(asked), said), { ...asked, state: 'STARTED', ...said });
  });

  test('An entry that failed can become COMPLETED, and one that is COMPLETED stays as it is', () => {
    const endedAt = '2026-11-21T09:05:00.000Z';
    const failed = ended(started(asked, said), { endedAt, error: new Error('disk full') });
    assert.deepEqual(failed, {
      ...asked,
      ...said,
      state: 'FAILED',
      endedAt,
      parts: [],
      failure: 'disk full',
    });
    const parts = [{ name: 'a', state: 'SUCCESS' }];
    const completed = ended(failed, { endedAt, parts, indices: ['one'] });
    assert.deepEqual(completed, { ...asked, ...said, state: 'COMPLETED', endedAt, parts, indices: ['one'] });
    assert.equal(ended(completed, { endedAt, error: new Error('gone') }), completed);
  });
});
