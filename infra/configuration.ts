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

/** A configuration that has passed the checks for a deployment. */
export interface Deployable {
  config: Config;
  /** The `deployment` of the file, or the defaults if the file has none. */
  deployment: Deployment;
  /** The path of the file, relative to the current folder at synth. */
  file: string;
  /** The file as it was written. The functions read and check it again. */
  written: unknown;
  /**
   * The text of each file with certificates, by its path as it was written; undefined if no address has TLS settings.
   */
  tlsFiles?: Record<string, string>;
}

const exampleFile = 'camunda-backup.example.yaml';

/** Chooses the file: the named one, or else the default one, or else the example (in a fresh clone). */
export function configurationFile(named: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = typeof named === 'string' ? named : environment[configVariable];
  if (chosen) return chosen;
  return existsSync(defaultConfigFile) ? defaultConfigFile : exampleFile;
}

/** Loads and checks a configuration for a deployment. Throws ConfigurationError with all mistakes at once. */
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
 * Reads the files with certificates that the addresses name. They are not secret, so the bundles of the functions
 * contain them. Undefined if no address has TLS settings. Throws ConfigurationError.
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

/** Synth does not read private keys. */
const noSecrets = async (): Promise<never> => {
  throw new Error('synth does not read secrets');
};

/** A name without absolute paths, which would mean nothing on other machines and would change the template. */
function nameOf(file: string): string {
  const way = path.relative(process.cwd(), file);
  return way.startsWith('..') || path.isAbsolute(way) ? path.basename(file) : way;
}
