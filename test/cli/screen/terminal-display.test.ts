import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from '@jest/globals';
import { terminalDisplay } from '../../../cli/screen/terminal-display.ts';
import { newView, type RunView, type Step } from '../../../cli/screen/view.ts';
import { cleanUp } from '../../support/clean-up.ts';

/** What a terminal would show: just the control sequences that the display uses. */
class Screen {
  readonly stream;
  readonly lines: string[] = [];
  written = '';
  #row = 0;

  constructor(columns: number, rows = 24) {
    const stream = new PassThrough();
    this.stream = Object.assign(stream, { isTTY: true, columns, rows });
    stream.setEncoding('utf8').on('data', (text: string) => this.#write(text));
  }

  #write(text: string): void {
    this.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are spoken to in them
    for (const [token] of text.matchAll(/\x1b\[\??(\d*)([A-Za-z])|\n|\r|[^\x1b\n\r]+/g)) {
      if (token === '\n') this.#row += 1;
      else if (token.endsWith('A') && token.startsWith('\x1b')) this.#row -= Number(token.slice(2, -1));
      else if (token === '\x1b[J') this.lines.length = this.#row;
      else if (!token.startsWith('\x1b') && token !== '\r') this.lines[this.#row] = token;
    }
  }
}

const step = (key: string, title: string, more: Partial<Step>): Step => ({
  key,
  title,
  status: 'waiting',
  failures: 0,
  ...more,
});

function someView(): RunView {
  return {
    ...newView('production'),
    pausedAt: 1000,
    steps: [
      step('pause', 'Pause exporting', { status: 'done', startedAt: 1000, endedAt: 1200 }),
      step('zeebe', 'Zeebe', { status: 'running', startedAt: 2000, partsDone: 1, partsExpected: 3 }),
      step('optimize', 'Optimize', {
        status: 'running',
        startedAt: 2000,
        partsDone: 0,
        partsExpected: 2,
        failures: 2,
        error: `cannot be reached${' at all'.repeat(12)}`,
        again: { until: 18_500, seconds: 20 },
      }),
      step('resume', 'Resume exporting', {}),
    ],
  };
}

function picture(columns: number, rows?: number) {
  const screen = new Screen(columns, rows);
  const display = terminalDisplay(
    { stdout: screen.stream, stderr: screen.stream, env: { LC_ALL: 'C.UTF-8' } },
    () => 11_000,
  );
  cleanUp(() => display.end());
  display.update(someView());
  return { screen, display };
}

test('The call that the run waits for stands below the picture after some seconds', () => {
  const screen = new Screen(70);
  let now = 4000;
  const calls = [{ what: 'GET http://camunda-zeebe-gateway.camunda:9600/actuator', since: 0 }];
  const display = terminalDisplay(
    { stdout: screen.stream, stderr: screen.stream, env: { LC_ALL: 'C.UTF-8' } },
    () => now,
    () => calls,
  );
  display.update(someView());
  assert.doesNotMatch(screen.lines.join('\n'), /Waiting/);
  now = 12_500;
  display.update(someView());
  assert.deepEqual(screen.lines.slice(-2), [
    'Waiting for GET http://camunda-zeebe-gateway.camunda:9600/actuator:',
    'no answer for 12 s.',
  ]);
  display.end(someView());
});

test('The picture shows each step with its state, parts, time and why it did not work, and how long the pause is so far', () => {
  const { screen } = picture(80);
  const shown = screen.lines.map((line) => line.replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/, '*'));
  assert.deepEqual(shown.slice(0, 3), [
    'Backup of production',
    '  ✔ Pause exporting                    0.2 s',
    '  * Zeebe                1 of 3 parts  9.0 s',
  ]);
  assert.deepEqual(shown.slice(3), [
    '  * Optimize             0 of 2 parts  9.0 s',
    '      did not work (2 times), trying again in 8 s: cannot be reached at all at',
    '      all at all at all at all at all at all at all at all at all at all at all',
    '  · Resume exporting',
    'Exporting has been paused for 10 s.',
  ]);
});

test('A reason that names three servers is shown whole on 80 columns', () => {
  const { screen, display } = picture(80);
  const at = (name: string) =>
    `${name} cannot be reached: GET http://${name}.camunda.svc.cluster.local:9600/actuator: getaddrinfo ENOTFOUND ${name}.camunda.svc.cluster.local (Check the address, DNS, and the network from here.)`;
  const error = `The cluster cannot be backed up now: 3 problems, the first: ${['zeebe', 'webapps', 'optimize'].map(at).join('; ')}`;
  const prepare = step('prepare', 'Look at the cluster', {
    status: 'running',
    startedAt: 2000,
    failures: 1,
    error,
  });
  display.update({ ...newView('production'), steps: [prepare] });
  assert.match(screen.lines.join(' ').replace(/ +/g, ' '), /optimize cannot be reached: .*from here\.\)$/);
});

test('Another try stands below what the one before came to, with its whole reason and when the next one begins', () => {
  const { screen, display } = picture(80);
  const before = screen.lines.slice(1);
  const message = `Zeebe says\nthat its backup is \x1b[31mFAILED\x1b[0m: ${'a leader change, '.repeat(4)}the end`;
  const earlier = [{ backupId: 7, message, pausedSeconds: 3 }];
  display.update({ ...someView(), earlier, nextTry: { until: 100_500, seconds: 120 } });
  assert.deepEqual(screen.lines.slice(1, 4), [
    'Backup 7 failed and is tried again with a new id: Zeebe says that its backup is',
    'FAILED: a leader change, a leader change, a leader change, a leader change, the',
    'end',
  ]);
  assert.deepEqual(
    screen.lines.slice(4).filter((line) => line !== 'The next try begins in 1 min 30 s.'),
    before,
  );
  assert.equal(screen.lines.length, before.length + 5);
});

test('A picture is painted over the one before, and what is said stands above it', () => {
  const { screen, display } = picture(80);
  const before = [...screen.lines];
  display.say('SIGINT: resuming');
  display.update(someView());
  assert.deepEqual(screen.lines, ['SIGINT: resuming', ...before]);
  display.end();
  const written = screen.written.length;
  display.update(someView());
  assert.equal(screen.written.length, written, 'painted after the end');
  assert.ok(screen.written.endsWith('\x1b[?25h'), 'the cursor is hidden');
});

test('On a narrow terminal the times stand below each other, also beside the longest name', () => {
  const { screen, display } = picture(50);
  const done = { status: 'done', startedAt: 1000, endedAt: 1200 } as const;
  display.update({
    ...someView(),
    steps: ['Look at the cluster', 'Pause exporting', 'Write the manifest'].map((title) =>
      step(title, title, done),
    ),
  });
  const times = screen.lines.slice(1, 4).map((line) => line.indexOf('0.2 s'));
  assert.ok(
    times.every((column) => column > 0 && column === times[0]),
    screen.lines.join('\n'),
  );
});

for (const columns of [20, 40, 63, 64, 79]) {
  test(`No line is wider than a terminal of ${columns} columns`, () => {
    const { screen } = picture(columns);
    assert.ok(screen.lines.every((line) => [...line].length < columns));
  });
}

test('A component that was at work when something else failed is shown as one that may still be so', () => {
  const { screen, display } = picture(80);
  const stopped = { status: 'stopped', startedAt: 2000 } as const;
  display.update({
    ...someView(),
    steps: [step('zeebe', 'Zeebe', stopped), step('resume', 'Resume exporting', stopped)],
  });
  assert.match(screen.lines[1] ?? '', /^ {2}■ Zeebe +may still be at work$/);
  assert.match(screen.lines[2] ?? '', /^ {2}■ Resume exporting +no longer watched$/);
});

test('A terminal with few lines shows the last ones', () => {
  const { screen } = picture(80, 4);
  assert.equal(screen.lines.length, 3);
  assert.match(screen.lines[2] ?? '', /Exporting has been paused/);
});
