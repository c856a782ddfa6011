import { isAhead, secondsSince } from '../clock.ts';
import { titles } from '../components/kinds.ts';
import { formatSeconds } from '../config/duration.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { settingOf } from './settings.ts';

/** Looks at the backups that there are: their age, and how the newest ones have ended. */
export function backups(facts: DoctorFacts): Diagnosis[] {
  return [...age(facts), ...failedRun(facts), ...missingParts(facts)];
}

function age({ cluster, checks: { config }, books: { last, areRead }, now }: DoctorFacts): Diagnosis[] {
  if (!areRead) return [];
  const finding = { name: 'age', subject: 'ledger' };
  if (!last) {
    const says = `The ledger has no completed backup of ${cluster}`;
    return [{ ...finding, severity: 'warning', says, remedy: 'Start one, and see that it is completed.' }];
  }
  const clock = { now: () => now };
  const ended = last.endedAt ?? last.startedAt;
  if (isAhead(ended, clock)) {
    return [
      {
        ...finding,
        severity: 'warning',
        says: `The last completed backup, ${last.backupId}, is dated in the future (${ended}), so its age is not known`,
        remedy: 'Correct the clocks of the machines that run backups.',
      },
    ];
  }
  const seconds = secondsSince(ended, { clock });
  const says = `The last completed backup, ${last.backupId}, ended ${formatSeconds(seconds)} ago`;
  const { maxAge } = config;
  if (maxAge === undefined || seconds <= maxAge) return [{ ...finding, severity: 'ok', says }];
  return [
    {
      ...finding,
      severity: 'error',
      says: `${says}; ${formatSeconds(maxAge)} are allowed (\`maxAge\`)`,
      remedy: 'See whether the schedule is enabled, and why the last runs failed; then start a backup.',
    },
  ];
}

/** The newest backup that a run made, if it failed. A check starts nothing, so a refusal only shows there. */
function failedRun({ books: { newest }, checks }: DoctorFacts): Diagnosis[] {
  if (newest?.state !== 'FAILED') return [];
  const { message = 'its manifest does not say why', remedy } = newest.failure ?? {};
  const finding = { name: 'lastRun', severity: 'warning', subject: 'ledger' } as const;
  const says = `The newest backup, ${newest.backupId}, has failed: ${message}`;
  const stuck = busyWithNothing(newest, checks);
  if (stuck) {
    return [
      {
        ...finding,
        says: `${says}. The list of ${stuck} shows none that is IN_PROGRESS`,
        remedy: `Restart every replica of ${stuck}: it remembers a backup that has ended.`,
      },
    ];
  }
  return [{ ...finding, says, ...(remedy ? { remedy } : {}) }];
}

/** The component that refused a backup because of another one, although its list shows none. */
function busyWithNothing(
  { components, failure }: Manifest,
  { cluster }: DoctorFacts['checks'],
): string | undefined {
  const entry =
    components.find(({ nothingAtWork }) => nothingAtWork) ??
    components.find(({ refused }) => refused && /another backup is running/i.test(failure?.message ?? ''));
  const list = cluster?.lists.find(({ target }) => target.component === entry?.component);
  if (!entry || !list || list.error) return undefined;
  return list.backups.some(({ state }) => state === 'IN_PROGRESS') ? undefined : titles[entry.component];
}

/** A web application gives up waiting for a snapshot after a time, and its backup stays without some parts. */
function missingParts({ newest, installed }: DoctorFacts): Diagnosis[] {
  return newest.flatMap(({ component, backupId, state, snapshots, expected, failure }): Diagnosis[] => {
    const isShort = expected !== undefined && snapshots.length < expected;
    if (state === 'COMPLETED' || !(isShort || state === 'INCOMPLETE')) return [];
    const parts = expected === undefined ? '' : ` with ${snapshots.length} of ${expected} parts`;
    const timeout =
      component === 'operate' || component === 'webApplications'
        ? ` If it says that it gave up waiting for a snapshot, raise ${settingOf('snapshotTimeout', installed)}.`
        : '';
    return [
      {
        name: 'parts',
        severity: 'warning',
        subject: component,
        says: `The newest backup of ${titles[component]}, ${backupId}, is ${state}${parts}${failure ? `: ${failure}` : ''}`,
        remedy: `See the log of ${titles[component]}.${timeout} If its queue is stuck, restart every replica of it.`,
      },
    ];
  });
}
