import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultConfigFile } from '../core/config/default-file.ts';
import { type Deployment, deployment as deploymentSchema } from '../core/config/deployment.ts';
import { loadConfig, readConfigYaml } from '../core/config/file.ts';
import { addressesOf, type Config } from '../core/config/schema.ts';
import { readTls } from '../core/connect/tls.ts';
import { BackupError, isBackupError } from '../core/errors.ts';
import { configVariable, namingFile } from '../deployment/commands.ts';
import { mistakesOfDeployment } from './deployment-mistakes.ts';

/** A configuration that was checked for a deployment. */
export interface Deployable {
  config: Config;
  /** With all defaults, where the file has no `deployment`. */
  deployment: Deployment;
  /** The file, as it is named from the folder in which the stack was made. */
  file: string;
  /** The file as it was written, which the functions read and check again. */
  written: unknown;
  /**
   * The text of each file with certificates, by its path as it was written; undefined if no address has TLS settings.
   */
  tlsFiles?: Record<string, string>;
}

const exampleFile = 'camunda-backup.example.yaml';

/** Which file: the one that is named, else the usual one, else the example (a fresh clone). */
export function configurationFile(named: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = typeof named === 'string' ? named : environment[configVariable];
  if (chosen) return chosen;
  return existsSync(defaultConfigFile) ? defaultConfigFile : exampleFile;
}

/** Throws ConfigurationError with every mistake at once. */
export async function loadDeployable(file: string): Promise<Deployable> {
  const { folder = '.', ...config } = await loadConfig(file, { namingFile });
  const deployment = config.deployment ?? deploymentSchema.parse({});
  const mistakes = mistakesOfDeployment(config, deployment);
  if (mistakes.length > 0) {
    const lines = mistakes.map(({ path, what }) => `  ${file}: ${path} ${what}`);
    throw new BackupError('ConfigurationError', `${file} cannot be deployed as it is:\n${lines.join('\n')}`);
  }
  const tlsFiles = await certificateFiles(config, folder, file);
  return {
    config,
    deployment,
    ...(tlsFiles ? { tlsFiles } : {}),
    file: nameOf(file),
    written: readConfigYaml(await readFile(file, 'utf8'), file).plain,
  };
}

/**
 * The files with certificates that the addresses name, which are put beside the code of the functions: they are no
 * secrets. Undefined if no address has TLS settings. Throws ConfigurationError.
 */
async function certificateFiles({ clusters }: Config, folder: string, file: string) {
  const named = Object.entries(clusters).flatMap(([cluster, settings]) =>
    addressesOf(settings).flatMap(({ path: place, tls }) =>
      tls ? [{ at: ['clusters', cluster, ...place, 'tls'].join('.'), tls }] : [],
    ),
  );
  if (named.length === 0) return undefined;
  const texts: Record<string, string> = {};
  const keep = async (name: string) => {
    const text = await readFile(path.resolve(folder, name), 'utf8');
    texts[name] = text;
    return text;
  };
  for (const { at, tls } of named) {
    for (const setting of ['ca', 'certificate'] as const) {
      await readTls({ [setting]: tls[setting] }, { readFile: keep, secrets: noSecrets }).catch((error) => {
        if (!isBackupError(error)) throw error;
        const { message, remedy = '' } = error;
        throw new BackupError('ConfigurationError', `${file}: ${at}.${setting}: ${message}`, { remedy });
      });
    }
  }
  return texts;
}

/** A private key stays where it is. */
const noSecrets = async (): Promise<never> => {
  throw new Error('no secret is read when a stack is made');
};

/** No path of the machine on which the stack was made: it says nothing to others, and would change the template. */
function nameOf(file: string): string {
  const way = path.relative(process.cwd(), file);
  return way.startsWith('..') || path.isAbsolute(way) ? path.basename(file) : way;
}
