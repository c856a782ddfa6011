import type { ComponentStatus, KnownBackup } from '../components/component.ts';
import { policyOf, titles } from '../components/kinds.ts';
import { locateComponents } from '../components/locate.ts';
import { openComponent } from '../components/open.ts';
import type { Target } from '../components/target.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets' | 'search'>;

/** The list of one component. */
interface Listed {
  target: Target;
  backups: KnownBackup[];
}

/** A backup may be INCOMPLETE for a moment between two of its parts. This wait is longer. */
const betweenPartsSeconds = 2;
/** No backup takes longer than this from one component to the next. */
const dayMilliseconds = 24 * 3600_000;
const asksAtOnce = 10;

const endIt =
  'Find out who is taking it: that run or tool resumes exporting at its end. If its creator has given it up, delete it from the component first.';

/**
 * Checks that no backup is in progress, because every backup needs the pause, whoever takes it. Throws ComponentBusy if
 * one may be in progress, and the error of a component that cannot be asked, because its backups are not known then.
 */
export async function requireNobodyAtWork(
  cluster: string,
  config: ClusterConfig,
  context: Needs,
): Promise<void> {
  const located = await locateComponents(config, context);
  const targets = located.map(({ component, target, problem }) => {
    if (problem) throw notKnown(component, problem);
    return target;
  });
  const list = () =>
    Promise.all(
      targets.map(async (target): Promise<Listed> => {
        try {
          await using component = await openComponent(target, context);
          return { target, backups: await component.list() };
        } catch (error) {
          throw error instanceof BackupError ? notKnown(target.component, error) : error;
        }
      }),
    );
  const first = await list();
  first.forEach(requireIdle);
  let last = first;
  if (first.some(({ backups }) => backups.some(({ state }) => state === 'INCOMPLETE'))) {
    await context.clock.sleep(betweenPartsSeconds * 1000);
    last = await list();
    last.forEach(requireIdle);
  }
  await requireNoneBegun(last, await context.ledger.backupIds(cluster), context);
}

function requireIdle({ target, backups }: Listed): void {
  const { component } = target;
  const busy = backups.find(({ state }) => state === 'IN_PROGRESS');
  if (busy) {
    throw new BackupError(
      'ComponentBusy',
      `${titles[component]} is taking the backup ${busy.backupId} (IN_PROGRESS), which needs the pause`,
      { remedy: endIt },
    );
  }
  const strange = !policyOf(target).listsOnlyNames && backups.find(({ state }) => state === 'UNKNOWN');
  if (!strange) return;
  const what = `it lists its backup ${strange.backupId} in a state that is not known here`;
  throw notKnown(component, new BackupError('UnexpectedAnswer', what, { remedy: endIt }));
}

/**
 * Checks that no foreign backup is between two components. At that moment no component is busy, but the pause is still
 * needed, because Zeebe's backup comes last. Backups of this ledger are over, because no run holds its lock.
 */
async function requireNoneBegun(all: Listed[], ledgerIds: number[], context: Needs): Promise<void> {
  const idsOfTheLast = all
    .filter(({ target }) => policyOf(target).endsThePause)
    .flatMap(({ backups }) => backups.map(({ backupId }) => backupId));
  const over = new Set([...idsOfTheLast, ...ledgerIds]);
  for (const { target, backups } of all) {
    const open = backups.filter(
      ({ backupId, state }) => !over.has(backupId) && (state === 'COMPLETED' || state === 'UNKNOWN'),
    );
    await sideBySide(open, asksAtOnce, ({ backupId }) => requireOld(target, backupId, context));
  }
}

async function requireOld(target: Target, backupId: number, context: Needs): Promise<void> {
  const title = titles[target.component];
  const { state, parts } = await checkOne(target, backupId, context);
  if (state === 'ABSENT' || state === 'FAILED') return;
  const times = parts
    .flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])
    .filter((at) => at !== undefined);
  const latest = Math.max(...times.map((at) => Date.parse(at)));
  if (times.length > 0 && context.clock.now() - latest > dayMilliseconds) return;
  throw new BackupError(
    'ComponentBusy',
    `${title} has a backup ${backupId}, but neither Zeebe nor this ledger has it: another tool may be taking it, and needs the pause until Zeebe has it too`,
    { remedy: endIt },
  );
}

async function checkOne(target: Target, backupId: number, context: Needs): Promise<ComponentStatus> {
  try {
    await using component = await openComponent(target, context);
    return await component.check(backupId);
  } catch (error) {
    throw error instanceof BackupError ? notKnown(target.component, error) : error;
  }
}

function notKnown(component: keyof typeof titles, { name, message, remedy }: BackupError): BackupError {
  return new BackupError(
    name,
    `It is not known whether ${titles[component]} is taking a backup: ${message}`,
    {
      remedy,
    },
  );
}
