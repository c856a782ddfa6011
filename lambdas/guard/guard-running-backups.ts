import { describe, isBackupError } from '../../core/errors.ts';
import { within } from '../../core/within.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { type AtWork, atWorkOn } from './at-work.ts';
import { type GuardRequest, guardRequest } from './request.ts';
import { type TakenAway, takenAway } from './taken-away.ts';
import type { GuardWorld } from './world.ts';

/** `refused` is the reason, for the events of the stack. Without it, the change may go on. */
export interface Verdict {
  refused?: string;
}

type Change = Exclude<GuardRequest, { RequestType: 'Create' }>;

/** The time limits of the two looks. Together they are shorter than the time limit of the function. */
const statusSeconds = 20;
const lookSeconds = 30;

/**
 * Decides whether a change of the stack may go on. It refuses a change that takes something away from a cluster while
 * a run works on that cluster: the run could not resume exporting any more, or nobody would do it for a dead run. It
 * also refuses such a change if it is not known whether a run is at work.
 */
export const work =
  (world: GuardWorld) =>
  async (event: unknown): Promise<Verdict> => {
    const request = guardRequest.parse(event);
    if (request.RequestType === 'Create') return {};
    const threatened = threatenedBy(request);
    const clusters = [...threatened.keys()];
    if (clusters.length === 0) return {};
    const refuses = await refusesIf(request, world);
    if (refuses === 'never') return {};
    const place =
      request.RequestType === 'Update' ? request.OldResourceProperties : request.ResourceProperties;
    try {
      const look = () => atWorkOn(clusters, request.StackId, place, world);
      const found = await within(lookSeconds, look, world);
      return found.length === 0 ? {} : { refused: refusal(request, threatened, found) };
    } catch (error) {
      if (refuses === 'at work') return {};
      const says = `It is not known whether a backup is at work on ${clusters.join(', ')}: ${describe(error)}.`;
      const remedy = isBackupError(error) ? (error.remedy ?? '') : '';
      return { refused: refusal(request, threatened, [{ clusters, says, remedy }]) };
    }
  };

/** The clusters from which a change takes something away, with what it takes from each. */
function threatenedBy(request: Change): TakenAway {
  const { ResourceProperties } = request;
  const { Guards, Clusters } = ResourceProperties;
  if (request.RequestType === 'Update' && Guards === 'update') {
    return takenAway(request.OldResourceProperties, ResourceProperties);
  }
  // The resource that acts first in an update is deleted last, when there is nothing left to protect.
  if (request.RequestType === 'Delete' && Guards === 'deletion') {
    return new Map(
      Clusters.map(({ Name }) => [Name, ['the watchdog and the functions that resume exporting']]),
    );
  }
  return new Map();
}

/**
 * When a change is refused: if a run is at work, or also if that is not known. `never` is for a rollback and the clean-up
 * after an update. CloudFormation sends the same requests there, and a refusal would leave the stack in a state that needs
 * a person. If the status cannot be read, a deletion may be the rollback of a first deployment, in which no run is at work.
 */
async function refusesIf(
  { RequestType, StackId }: Change,
  world: GuardWorld,
): Promise<'never' | 'at work' | 'at work or not known'> {
  const status = await within(statusSeconds, () => world.stackStatus(StackId), world).catch(() => undefined);
  if (status === undefined) return RequestType === 'Update' ? 'at work or not known' : 'at work';
  const isAsked = status === (RequestType === 'Update' ? 'UPDATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS');
  return isAsked ? 'at work or not known' : 'never';
}

/** CloudFormation takes an answer of at most 4,096 bytes. The limits leave room for whole commands of two runs. */
const mostRuns = 2;
const mostThings = 5;
const mostCharacters = 3000;

function refusal({ RequestType }: Change, threatened: TakenAway, found: AtWork[]): string {
  const things = found.flatMap(({ clusters }) => clusters.flatMap((name) => threatened.get(name) ?? []));
  const [change, again] =
    RequestType === 'Update'
      ? ['update', 'Then deploy again.']
      : [
          'deletion of the stack',
          'Then delete the stack again; docs/deployment.md says how to delete it in any case.',
        ];
  const sentences = [
    `This ${change} would take away: ${listed([...new Set(things)], mostThings)}.`,
    ...found.slice(0, mostRuns).map(({ says, remedy }) => `${says} ${remedy}`),
    ...(found.length > mostRuns ? [`There are ${found.length - mostRuns} more.`] : []),
  ];
  return `${sentences.join(' ').slice(0, mostCharacters)} ${again}`;
}

function listed(things: string[], most: number): string {
  const more = things.length > most ? [`${things.length - most} more`] : [];
  return [...things.slice(0, most), ...more].join(', ');
}

export const definition: FunctionDefinition = {
  file: 'guard/guard-running-backups.ts',
  description:
    'Refuses a change of the stack that takes something away from a cluster while a run works on it',
  timeoutSeconds: 60,
  memoryMegabytes: smallMemory,
  needs: ['stack'],
  ledger: { read: ['lock'], write: [] },
};
