import { brokersIn } from './ask-addresses.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { configuredStore, overlap, type Place, placeInWords, repositoryPlace, shownStore } from './places.ts';
import { settingOf } from './settings.ts';

/** Compares the store of Zeebe's backups on every broker that shows it, and with the repository of the snapshots. */
export function stores(facts: DoctorFacts): Diagnosis[] {
  return [...onBrokers(facts), ...besideTheRepository(facts)];
}

interface BrokerStore {
  url: string;
  store: Place | 'NONE';
}

function storesOf({ addresses }: DoctorFacts): BrokerStore[] {
  return brokersIn(addresses).flatMap(({ url, properties }) => {
    const store = properties && shownStore(properties);
    return store ? [{ url, store }] : [];
  });
}

const words = (store: Place | 'NONE') => (store === 'NONE' ? 'none' : placeInWords(store));

function onBrokers(facts: DoctorFacts): Diagnosis[] {
  const { checks, installed } = facts;
  const all = storesOf(facts);
  const [first] = all;
  if (!first) return [];
  const root = settingOf('backup', installed, { below: 'store' });
  const finding = { name: 'store', subject: 'zeebe' };
  const each = all.map(({ url, store }) => `${words(store)} (${url})`).join(', ');
  if (new Set(all.map(({ store }) => words(store))).size > 1) {
    return [
      {
        ...finding,
        severity: 'error',
        says: `The brokers do not have the same backup store: ${each}`,
        remedy: `Set ${root} and the settings of that store to the same values on every broker, and restart those that differ.`,
      },
    ];
  }
  if (first.store === 'NONE') {
    return [
      {
        ...finding,
        severity: 'error',
        says: `No broker that shows its backup store has one (${all.map(({ url }) => url).join(', ')})`,
        remedy: `Set ${root} to S3, GCS, AZURE or FILESYSTEM on every broker, with the settings of that store, and restart them.`,
      },
    ];
  }
  const wanted = configuredStore(checks.config);
  if (wanted && overlap(wanted, first.store) !== 'equal') {
    return [
      {
        ...finding,
        severity: 'warning',
        says: `\`zeebe.store\` is ${placeInWords(wanted)}, but the brokers show ${each}`,
        remedy: 'Correct `zeebe.store`: it is kept with each backup for the person who restores it.',
      },
    ];
  }
  const says = `Every broker that shows its backup store has ${words(first.store)}`;
  return [{ ...finding, severity: 'ok', says }];
}

function besideTheRepository(facts: DoctorFacts): Diagnosis[] {
  const { checks, installed } = facts;
  const repository = repositoryPlace(checks.search?.repository.known?.definition);
  const shown = storesOf(facts).find(({ store }) => store !== 'NONE')?.store;
  const store = shown && shown !== 'NONE' ? shown : configuredStore(checks.config);
  if (!repository || !store) return [];
  const name = checks.search?.address.repository ?? '';
  const found = overlap(store, repository);
  const both = `Zeebe's backups are in ${placeInWords(store)}, and the snapshots of the repository ${name} in ${placeInWords(repository)}`;
  const finding = { name: 'basePaths', subject: 'zeebe' };
  if (!found) return [{ ...finding, severity: 'ok', says: both }];
  const ofStore = { s3: 's3', gcs: 'gcs', azure: 'azure', folder: 'filesystem' }[store.kind];
  return [
    {
      ...finding,
      severity: found === 'equal' ? 'error' : 'warning',
      says: `${both}: ${found === 'equal' ? 'this is the same place' : 'one of these is inside of the other'}`,
      remedy: `Give each a base path of its own, before the next backup: ${settingOf('backup', installed, { below: `${ofStore}.base-path` })} on every broker, or \`base_path\` of the repository. Older backups can only be restored from where they are.`,
    },
  ];
}
