import type { ManagedName } from '../components/versions.ts';
import { type Installed, settingOf } from './settings.ts';

/** A problem whose remedy is a setting of Camunda, which has another name in each version. */
interface Known {
  says: RegExp;
  remedy: (installed: Installed, component: ManagedName, matched: RegExpMatchArray) => string;
}

const known: Known[] = [
  {
    says: /^Optimize answered GET (https?:\/\/[^/\s]+)\/\S+?\/actuator with 404/,
    remedy: (_, __, [, host]) =>
      `The management port of Optimize has no base path: write ${host ?? ''} into \`optimize.url\`.`,
  },
  {
    says: /anonymous is not authorized/,
    remedy: () =>
      'This domain identifies its clients by IAM: write `auth: { aws: es }` beside `search.url`, and allow that role es:ESHttp* on everything in the domain.',
  },
  {
    says: /no backup store is configured/i,
    remedy: (installed) =>
      `Set ${settingOf('backup', installed, { below: 'store' })} to S3, GCS, AZURE or FILESYSTEM on every broker, with the settings of that store, and restart them.`,
  },
  {
    says: /no backup repository configured/i,
    remedy: (installed, component) =>
      `Set ${settingOf('repository', installed, { component })} to the name of the snapshot repository, and restart it.`,
  },
  {
    says: /no repository with name \[([^\]]+)\]|snapshotRepositoryDoesNotExist|snapshot repository does not exist/i,
    remedy: (installed, component, [, name]) =>
      `Register the repository${name === undefined ? '' : ` ${name}`} at the search engine (PUT _snapshot/${name ?? 'NAME'} with its type and settings), or set ${settingOf('repository', installed, { component })} to the one that is registered, and restart it.`,
  },
  {
    says: /RepositorySettings\.location/,
    remedy: () =>
      'This version cannot read a repository of OpenSearch in S3, which has no location (https://github.com/camunda/camunda/issues/33905, https://github.com/camunda/camunda/issues/43272): update it. GET _snapshot/REPOSITORY/NAME at the search engine shows its snapshots all the same.',
  },
  {
    says: /(request )?signature we calculated does not match|signature.*(mismatch|does not match)/i,
    remedy: (installed, component) =>
      `This component signs its requests for AWS wrongly, or should not sign them: update it, and see ${settingOf('awsEnabled', installed, { component })} (https://github.com/camunda/camunda/issues/17552).`,
  },
  {
    says: /(socket|read) time-?out|30,?000 milliseconds/i,
    remedy: (installed, component) =>
      component === 'tasklist' || component === 'optimize' || component === 'zeebe'
        ? 'The component gave up waiting for the search engine or its store: see whether that is overloaded, and restart every replica of the component if its queue is stuck.'
        : `The component gave up waiting for a snapshot: raise ${settingOf('snapshotTimeout', installed)}, and restart every replica of it if its queue is stuck.`,
  },
  {
    says: /content-?md5|MissingContentMD5/i,
    remedy: (installed) =>
      `This S3-compatible store needs MD5 checksums: set ${settingOf('backup', installed, { below: 's3.support-legacy-md5' })} to true on every broker, and restart them.`,
  },
  {
    says: /predetermined backupId when continuous/i,
    remedy: (installed) =>
      `This cluster generates its own backup ids. Unset ${['continuous', 'schedule', 'checkpoint-interval'].map((below) => settingOf('backup', installed, { below })).join(', ')} on every broker, and restart them.`,
  },
  {
    says: /^No index at .* matches/,
    remedy: (installed) =>
      `Write into \`records.indexPrefix\` the value of ${settingOf('recordsPrefix', installed)} (\`zeebe-record\` if it is not set), or remove \`records\` if no such exporter is configured.`,
  },
];

/** Gives a finding the remedy with the exact setting of the version that was found, if there is one. */
export function withExactRemedy<F extends { subject: string; says: string; remedy?: string | undefined }>(
  found: F,
  installed: Installed,
): F {
  const component = managed.find((name) => name === found.subject) ?? 'zeebe';
  for (const { says, remedy } of known) {
    const matched = says.exec(found.says);
    if (matched) return { ...found, remedy: remedy(installed, component, matched) };
  }
  return found;
}

const managed: ManagedName[] = ['webApplications', 'operate', 'tasklist', 'optimize'];
