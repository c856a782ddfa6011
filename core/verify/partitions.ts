import type { Part } from '../components/component.ts';
import type { Judgement } from '../ledger/verification.ts';
import { type Facts, mustExist } from './facts.ts';
import { counted, lookAt, severalOf, takeAnother } from './judgement.ts';

/** Zeebe's partitions as Zeebe reports them: 1 to n are completed, by brokers of one version. */
export function judgePartitions(facts: Facts): Judgement[] {
  const { components, manifest, store } = facts;
  const zeebe = components.find(({ component }) => component === 'zeebe');
  if (!zeebe) return [];
  const look = lookAt('partitions', 'zeebe');
  const { known: status, unknown } = zeebe.status;
  if (unknown) return [look.notSeen(unknown)];
  // What Zeebe lacks is already told of the component.
  if (status.state === 'ABSENT') {
    return [look.missing('Zeebe has no partition of this backup', mustExist(facts))];
  }
  const recorded = recordedPartitions({ manifest, store });
  const count = recorded ?? status.parts.length;
  const missing: number[] = [];
  const incomplete: string[] = [];
  const running: string[] = [];
  for (let partition = 1; partition <= count; partition++) {
    const part = status.parts.find(({ name }) => name === `partition ${partition}`);
    if (!part || part.state === 'DOES_NOT_EXIST') missing.push(partition);
    else if (part.state === 'IN_PROGRESS') running.push(part.name);
    else if (part.state !== 'COMPLETED') incomplete.push(`${part.name} is ${part.state}`);
  }
  if (incomplete.length > 0) return [look.wrong(`Zeebe's ${severalOf(incomplete)}`, takeAnother)];
  if (missing.length > 0) {
    const says = `Of ${counted(count, 'partition')}, Zeebe lacks ${severalOf(missing.map(String))}`;
    return [
      recorded === undefined
        ? look.unknown(`${says}; whether the cluster had these when the backup was taken is not recorded`)
        : look.wrong(says, takeAnother),
    ];
  }
  if (running.length > 0) {
    return [
      look.unknown(
        `Zeebe's ${severalOf(running)} is still being backed up`,
        'Verify it again when it has ended.',
      ),
    ];
  }
  if (count === 0) return [look.unknown('Zeebe does not show the partitions of this backup')];
  return [ofOneVersion(status.parts.slice(0, count), count, recorded, look)];
}

/** How many partitions the cluster had when the backup was taken; undefined if nothing tells it. */
export function recordedPartitions({
  manifest,
  store,
}: Pick<Facts, 'manifest' | 'store'>): number | undefined {
  const entry = manifest.known?.components.find(({ component }) => component === 'zeebe');
  return entry?.partitions ?? store?.known?.completed[0]?.manifest.partitions;
}

function ofOneVersion(
  parts: Part[],
  count: number,
  recorded: number | undefined,
  look: ReturnType<typeof lookAt>,
): Judgement {
  const versions = [...new Set(parts.map(({ brokerVersion }) => brokerVersion))];
  if (versions.includes(undefined)) {
    return look.unknown('Zeebe does not show which version of the brokers took each partition');
  }
  if (versions.length > 1) {
    return look.wrong(
      `Brokers of different versions took the partitions: ${versions.join(', ')}`,
      'Do not count on this backup, since a restore needs brokers of one version: take another one after the update.',
    );
  }
  if (recorded === undefined) {
    return look.unknown(
      `Zeebe shows ${counted(count, 'completed partition')}; how many the cluster had is not recorded`,
    );
  }
  return look.proven(`Zeebe has every partition (${count}), of version ${versions[0]}`);
}
