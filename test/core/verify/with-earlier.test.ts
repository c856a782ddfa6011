import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Judgement, Verification } from '../../../core/ledger/verification.ts';
import { reportVerification } from '../../../core/verify/report.ts';
import { withBackups } from './world.ts';

const first = '2026-11-21T09:00:00.000Z';
const second = '2026-11-22T09:00:00.000Z';
const third = '2026-11-23T09:00:00.000Z';

/** A judgement as `VERDICT NAME of SUBJECT`. */
function judged(text: string): Judgement {
  const [verdict, name, , subject = ''] = text.split(' ');
  const verdicts = ['proven', 'warning', 'unknown', 'wrong'] as const;
  const names = ['manifest', 'components', 'snapshots', 'store', 'data', 'replication', 'times'] as const;
  const of = { name: names.find((one) => one === name), verdict: verdicts.find((one) => one === verdict) };
  assert(of.name && of.verdict);
  return { name: of.name, verdict: of.verdict, subject, says: text };
}

const verification = (
  verifiedAt: string,
  verdict: Verification['verdict'],
  judgements: string[],
): Verification => ({
  format: 1,
  cluster: 'production',
  backupId: 1_763_700_000,
  verifiedAt,
  verdict,
  required: [],
  judgements: judgements.map(judged),
});

/** Reports verifications one after the other, and returns what the ledger has at the end. */
async function afterAll(...all: Verification[]): Promise<Verification> {
  const context = await withBackups(...new Set(all.map(({ backupId }) => backupId)));
  for (const one of all) {
    const { verification: written } = await reportVerification(one, context);
    assert.deepEqual(await context.ledger.readVerification('production', one.backupId), written);
  }
  const found = await context.ledger.readVerification('production', 1_763_700_000);
  assert(found);
  return found;
}

const wrongIn = ({ judgements }: Verification) =>
  judgements
    .filter(({ verdict }) => verdict === 'wrong')
    .map(({ says, seenAt }) => (seenAt === undefined ? says : `${says} at ${seenAt}`));

interface Case {
  what: string;
  before: string[];
  now: string[];
  wrong: string[];
}

const cases: Case[] = [
  {
    what: 'data that were not read again stay wrong',
    before: ['proven store of zeebe', 'wrong data of zeebe'],
    now: ['proven store of zeebe'],
    wrong: [`wrong data of zeebe at ${first}`],
  },
  {
    what: 'data that could not be read again stay wrong',
    before: ['wrong data of zeebe'],
    now: ['unknown data of zeebe'],
    wrong: [`wrong data of zeebe at ${first}`],
  },
  {
    what: 'data that were read again and are right are right',
    before: ['wrong data of zeebe'],
    now: ['proven data of zeebe'],
    wrong: [],
  },
  {
    what: 'a component that does not answer stays wrong beside others that do',
    before: ['wrong components of zeebe', 'proven components of optimize'],
    now: ['unknown components of zeebe', 'proven components of optimize'],
    wrong: [`wrong components of zeebe at ${first}`],
  },
  {
    what: 'a subject that is judged no more is right if everything of that name was seen',
    before: ['wrong times of operate'],
    now: ['proven times of zeebe'],
    wrong: [],
  },
  {
    what: 'what is seen wrong again is told once',
    before: ['wrong store of zeebe'],
    now: ['wrong store of zeebe', 'unknown store of zeebe'],
    wrong: ['wrong store of zeebe'],
  },
  {
    what: 'a failed backup is wrong by its manifest alone',
    before: ['wrong store of zeebe'],
    now: ['wrong manifest of ledger'],
    wrong: ['wrong manifest of ledger'],
  },
  {
    what: 'a copy that failed is not looked at again when there are newer backups, so it is unknown',
    before: ['wrong replication of zeebe'],
    now: ['unknown replication of backup'],
    wrong: [],
  },
];

describe('What was seen wrong stays wrong until it is seen again', () => {
  test.each(cases)('$what', async ({ before, now, wrong }) => {
    const found = await afterAll(verification(first, 'wrong', before), verification(second, 'inPart', now));
    assert.deepEqual(wrongIn(found), wrong);
    assert.equal(
      found.verdict === 'wrong',
      wrong.some((one) => one.includes(' at ')),
    );
    assert.equal(found.verifiedAt, second);
  });
});

test('What was wrong keeps the moment at which it was seen, however often it is not seen', async () => {
  const found = await afterAll(
    verification(first, 'wrong', ['wrong data of zeebe']),
    verification(second, 'proven', ['proven store of zeebe']),
    verification(third, 'proven', ['proven store of zeebe']),
  );
  assert.deepEqual(wrongIn(found), [`wrong data of zeebe at ${first}`]);
});

test('A verification that reaches nothing does not erase what was proven, and when', async () => {
  const nothing = ['unknown store of zeebe', 'unknown components of zeebe'];
  const found = await afterAll(
    verification(first, 'proven', ['proven store of zeebe', 'proven components of zeebe']),
    verification(second, 'unknown', nothing),
    verification(third, 'unknown', nothing),
  );
  assert.equal(found.verdict, 'unknown');
  assert.deepEqual(found.lastGood, { verifiedAt: first, verdict: 'proven' });
  assert.deepEqual(
    found.judgements.filter(({ verdict }) => verdict === 'proven').map(({ seenAt }) => seenAt),
    [first, first],
  );
});

test('A verification that sees something wrong ends what was proven before', async () => {
  const found = await afterAll(
    verification(first, 'proven', ['proven store of zeebe']),
    verification(second, 'wrong', ['wrong store of zeebe']),
    verification(third, 'unknown', ['unknown store of zeebe']),
  );
  assert.equal(found.verdict, 'wrong');
  assert.equal(found.lastGood, undefined);
});
