import { brokersIn, type SeenAddress } from './ask-addresses.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { valueIn } from './properties.ts';
import { settingOf } from './settings.ts';

/** Below this share of free space, a long pause may fill the disk: Zeebe deletes nothing from its log meanwhile. */
const lowShare = 0.15;

interface Disk {
  url: string;
  path: string;
  free: number;
  total: number;
  isOfData: boolean;
}

/** Looks at the disks of the brokers, as far as their metrics show them. */
export function disks({ addresses, installed }: DoctorFacts): Diagnosis[] {
  const brokers = brokersIn(addresses);
  const all = brokers.flatMap(disksOf);
  if (all.length === 0) return [];
  const finding = { name: 'disk', subject: 'zeebe' };
  const reserve = (broker: SeenAddress | undefined) =>
    bytesIn(broker?.properties && valueIn(broker.properties, 'freeSpace')) ?? 2 * gibi;
  const full = all.filter(({ free, url }) => free < reserve(brokers.find((one) => one.url === url)));
  const low = all.filter((disk) => !full.includes(disk) && disk.free < disk.total * lowShare);
  const found: Diagnosis[] = [];
  if (full.length > 0) {
    found.push({
      ...finding,
      severity: 'error',
      says: `${full.map(sentence).join(', ')}: below the space that Zeebe keeps free, it accepts no commands`,
      remedy: `Enlarge the disk, or free space on it; the limit is ${settingOf('freeSpace', installed)}.`,
    });
  }
  if (low.length > 0) {
    found.push({
      ...finding,
      severity: 'warning',
      says: `${low.map(sentence).join(', ')}: while exporting is paused, Zeebe deletes nothing from its log`,
      remedy: 'Enlarge the disk before a backup takes long, or set `maxPause` to what it has room for.',
    });
  }
  if (found.length > 0) return found;
  const hidden = all.filter(({ isOfData }) => !isOfData);
  if (hidden.length > 0) {
    return [
      {
        ...finding,
        severity: 'unknown',
        says: `${hidden.map(sentence).join(', ')}: whether the data are on this disk is not shown`,
        remedy: `Set ${settingOf('measuredDisks', installed)} to the folder of the data on every broker.`,
      },
    ];
  }
  return [{ ...finding, severity: 'ok', says: all.map(sentence).join(', ') }];
}

/** The disks that Spring Boot measures, by their paths: https://docs.spring.io/spring-boot/reference/actuator/metrics.html */
function disksOf({ url, metrics = [], properties }: SeenAddress): Disk[] {
  const data = properties && valueIn(properties, 'dataDirectory');
  return metrics
    .filter(({ name }) => name === 'disk_free_bytes')
    .flatMap(({ labels, value: free }) => {
      const path = labels.get('path') ?? '';
      const total = metrics.find(
        (other) => other.name === 'disk_total_bytes' && other.labels.get('path') === path,
      )?.value;
      const isOfData = data === undefined ? /\/data\/?$/.test(path) : path === data;
      return total === undefined ? [] : [{ url, path, free, total, isOfData }];
    });
}

const gibi = 2 ** 30;

function sentence({ url, path, free, total }: Disk): string {
  const share = Math.round((free / total) * 100);
  return `${(free / gibi).toFixed(1)} of ${(total / gibi).toFixed(1)} GiB (${share} %) are free at ${path} of ${url}`;
}

/** Reads a size as Spring writes it, such as `2GB`, `2147483648B` or `512MB`. */
function bytesIn(text: string | undefined): number | undefined {
  const [, number, unit = 'B'] = /^(\d+)\s*([KMGT]?B)?$/i.exec(text ?? '') ?? [];
  if (number === undefined) return undefined;
  return Number(number) * 1024 ** ['B', 'KB', 'MB', 'GB', 'TB'].indexOf(unit.toUpperCase());
}
