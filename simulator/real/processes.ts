import type { AddressName } from '../addresses.ts';
import type { CamundaMinor } from '../options.ts';

/** The processes of a cluster. From 8.8 on `zeebe` is the orchestration cluster, with the web applications in it. */
export type ProcessName = 'zeebe' | 'operate' | 'tasklist' | 'optimize';

const separate: readonly ProcessName[] = ['zeebe', 'operate', 'tasklist', 'optimize'];
const unified: readonly ProcessName[] = ['zeebe', 'optimize'];

const processes: Record<CamundaMinor, readonly ProcessName[]> = {
  '8.5': separate,
  '8.6': separate,
  '8.7': separate,
  '8.8': unified,
  '8.9': unified,
};

export const processesOf = (camunda: CamundaMinor): readonly ProcessName[] => processes[camunda];

/** The addresses of all processes. From 8.8 on the web applications share Zeebe's. */
export const realAddresses = [
  'zeebe',
  'broker-0',
  'rest',
  'operate',
  'tasklist',
  'optimize',
] as const satisfies AddressName[];

export const addressesOf: Record<ProcessName, readonly (typeof realAddresses)[number][]> = {
  zeebe: ['zeebe', 'broker-0', 'rest'],
  operate: ['operate'],
  tasklist: ['tasklist'],
  optimize: ['optimize'],
};
