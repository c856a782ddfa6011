import { callCases, courseCases, repeatedStarts } from './call-cases.ts';
import type { Case } from './case.ts';
import { deathCases } from './death-cases.ts';
import { ledgerCases } from './ledger-cases.ts';
import { outageCases } from './outage-cases.ts';
import { outsideCases, watchdogCases } from './outside-cases.ts';
import { type Probe, probe, type Reached } from './probe.ts';
import { meddlingCases, rivalCases } from './rival-cases.ts';
import { twiceCases } from './twice-cases.ts';
import type { WorldName } from './world.ts';

const worldNames: readonly WorldName[] = ['8.7', '8.8', '8.7-opensearch', '8.8-elasticsearch'];

/** Every case, always in the same order. */
export async function allCases(): Promise<Case[]> {
  const cases: Case[] = [];
  for (const name of worldNames) {
    const good = await probe(name, 'good');
    const failing = await probe(name, 'zeebe-fails');
    const again = await probe(name, 'leader-change');
    cases.push(
      ...callCases(name, 'good', good.reached),
      ...callCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...callCases(name, 'leader-change', afterTheFailure(again)),
      ...(await repeatedStarts(name, good)),
      ...courseCases(name),
      ...ledgerCases(name, 'good', good.reached),
      ...ledgerCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...ledgerCases(name, 'leader-change', afterTheFailure(again)),
      ...deathCases(name, 'good', good),
      ...deathCases(name, 'zeebe-fails', failing),
      ...deathCases(name, 'leader-change', again),
      ...twiceCases(name, 'good', good),
      ...twiceCases(name, 'zeebe-fails', failing),
      ...twiceCases(name, 'leader-change', again),
      ...outageCases(name, good),
      ...rivalCases(name, good),
      ...meddlingCases(name, good),
      ...outsideCases(name, 'good', good.reached),
      ...outsideCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...outsideCases(name, 'leader-change', afterTheFailure(again)),
      ...watchdogCases(name),
    );
  }
  return cases;
}

function afterTheFailure({ reached }: Probe): Reached[] {
  const states = ['ResumeExportingAfterFailure', 'RecordFailure', 'DeleteFailedBackup'];
  return reached.filter(({ state }) => states.includes(state));
}
