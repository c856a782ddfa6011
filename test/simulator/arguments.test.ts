import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { readArguments } from '../../simulator/arguments.ts';
import { Mistake } from '../../simulator/mistake.ts';

const real = ['--search-url', 'http://127.0.0.1:9200', '--store', 's3://backups/zeebe', '--data', '/data'];

/** What is typed behind `npm run simulator --`, and what the answer says. */
const mistakes: { typed: string[]; says: RegExp }[] = [
  { typed: real.slice(0, 4), says: /^--data: is missing: real parts need --search-url, --store and --data$/ },
  { typed: ['--store', 'x'], says: /^--search-url: is missing: .*\n--data: is missing: / },
  { typed: [...real, '--fault', '{}'], says: /^--fault: only a cluster in memory has it$/ },
  { typed: ['--load', '5'], says: /^--load: only a cluster on real parts has it$/ },
  { typed: [...real, '--load', '0'], says: /^--load: is not above 0$/ },
  {
    typed: [...real, '--only', 'optimise'],
    says: /^--only 1: is none of zeebe, operate, tasklist, optimize$/,
  },
  {
    typed: [...real, '--only', 'optimize', '--load', '5'],
    says: /^--load: the load asks Zeebe, which --only leaves out$/,
  },
];

describe('the arguments of the simulator', () => {
  for (const { typed, says } of mistakes) {
    test(`The arguments ${typed.join(' ') || '(none)'} are refused in a sentence`, () => {
      assert.throws(
        () => readArguments(typed),
        (error) => error instanceof Mistake && says.test(error.message),
      );
    });
  }

  test('A cluster is in memory unless the arguments name real parts', () => {
    const { start } = readArguments(['--camunda', '8.6', '--search', 'none']);
    assert.equal(start, 'in memory');
  });

  test('A cluster on real parts gets what the arguments say, and its load', () => {
    const typed = [
      '--camunda',
      '8.7',
      '--partitions',
      '2',
      '--duration',
      'zeebe=0.5',
      '--duration',
      'operate=2',
    ];
    const more = ['--only', 'zeebe', '--only', 'operate', '--index-prefix', 'acme', '--load', '2.5'];
    assert.deepEqual(readArguments([...real, ...typed, ...more]), {
      start: 'on real parts',
      options: {
        camunda: '8.7',
        partitions: 2,
        repository: 'camunda',
        searchUrl: 'http://127.0.0.1:9200',
        store: 's3://backups/zeebe',
        data: '/data',
        indexPrefix: 'acme',
        durations: { zeebe: 0.5, operate: 2 },
        only: ['zeebe', 'operate'],
      },
      load: 2.5,
    });
  });
});
