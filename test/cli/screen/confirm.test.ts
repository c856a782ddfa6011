import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from '@jest/globals';
import { askOnTerminal, isAgreed } from '../../../cli/screen/confirm.ts';

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

describe('A question on a terminal', () => {
  for (const { typed, agreed } of [
    { typed: 'y', agreed: true },
    { typed: 'Yes', agreed: true },
    { typed: ' YES ', agreed: true },
    { typed: '', agreed: false },
    { typed: 'n', agreed: false },
    { typed: 'yesterday', agreed: false },
    { typed: 'j', agreed: false },
  ]) {
    test(`A question that is answered with ${JSON.stringify(typed)} is ${agreed ? '' : 'not '}agreed to`, async () => {
      const answer = await agree((input) => input.write(`${typed}\n`));
      assert.equal(answer.agreed, agreed);
      assert.equal(answer.shown, 'Delete it? [y/N] ');
    });
  }

  test('A question that is longer than a line is broken between words', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 30 });
    const ask = askOnTerminal(input, output);
    assert(ask);
    input.write('y\n');
    assert(await isAgreed(ask, 'Delete the backup 7 (Optimize, Zeebe)?', new AbortController().signal));
    assert.equal(String(output.read()), 'Delete the backup 7 (Optimize,\nZeebe)? [y/N] ');
  });

  test('A question is not agreed to at the end of the input', async () => {
    assert.equal((await agree((input) => input.end())).agreed, false);
  });

  test('A question is not agreed to when the wait for its answer is given up', async () => {
    assert.equal((await agree((_, giveUp) => giveUp.abort())).agreed, false);
  });
});

test('Nobody is asked where the input or the output is no terminal', () => {
  const pipe = () => new PassThrough();
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
  assert.equal(askOnTerminal(pipe(), terminal()), undefined);
  assert.equal(askOnTerminal(terminal(), pipe()), undefined);
});
