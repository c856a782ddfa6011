import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from '@jest/globals';
import { askOnTerminal, isAgreed } from '../../cli/confirm.ts';

/** A terminal on which `type` is typed when the question is asked. */
async function agree(type: (input: PassThrough, giveUp: AbortController) => void) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  const ask = askOnTerminal(input, output);
  assert(ask);
  const giveUp = new AbortController();
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (text.includes('[y/N]')) type(input, giveUp);
  });
  return { agreed: await isAgreed(ask, 'Delete it?', giveUp.signal), shown };
}

describe('a question on a terminal', () => {
  for (const [typed, agreed] of [
    ['y', true],
    ['Yes', true],
    [' YES ', true],
    ['', false],
    ['n', false],
    ['yesterday', false],
    ['j', false],
  ] as const) {
    test(`answered with ${JSON.stringify(typed)} is ${agreed ? 'agreed' : 'not agreed'}`, async () => {
      const answer = await agree((input) => input.write(`${typed}\n`));
      assert.equal(answer.agreed, agreed);
      assert.equal(answer.shown, 'Delete it? [y/N] ');
    });
  }

  test('is broken between words where it is longer than a line', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 30 });
    const ask = askOnTerminal(input, output);
    assert(ask);
    input.write('y\n');
    assert(await isAgreed(ask, 'Delete the backup 7 (Optimize, Zeebe)?', new AbortController().signal));
    assert.equal(String(output.read()), 'Delete the backup 7 (Optimize,\nZeebe)? [y/N] ');
  });

  test('is not agreed at the end of the input', async () => {
    assert.equal((await agree((input) => input.end())).agreed, false);
  });

  test('is not agreed when the wait for it is given up', async () => {
    assert.equal((await agree((_, giveUp) => giveUp.abort())).agreed, false);
  });
});

test('where nobody sits there is nobody to ask', () => {
  const pipe = () => new PassThrough();
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
  assert.equal(askOnTerminal(pipe(), terminal()), undefined);
  assert.equal(askOnTerminal(terminal(), pipe()), undefined);
});
