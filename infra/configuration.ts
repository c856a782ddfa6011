import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Token } from 'aws-cdk-lib';
import { defaultConfigFile, exampleFile } from '../core/config/default-file.ts';
import { type Deployment, deployment as deploymentSchema } from '../core/config/deployment.ts';
import {
  checkConfig,
  type FurtherMistakes,
  parseConfig,
  readConfigText,
  readConfigYaml,
} from '../core/config/file.ts';
import type { Mistake } from '../core/config/mistakes.ts';
import { addressesOf, type Config, type ConfigInput } from '../core/config/schema.ts';
import { checkCertificateFile } from '../core/connect/tls.ts';
import { BackupError, isBackupError } from '../core/errors.ts';
import { configVariable, namingFile } from '../deployment/commands.ts';
import { mistakesOfDeployment } from './deployment-mistakes.ts';

/** A configuration that has passed the checks for a deployment. */
export interface Deployable {
  config: Config;
  /** The `deployment` of the configuration, or the defaults if it has none. */
  deployment: Deployment;
  /** The path of the file, relative to the current folder at synth; undefined if the configuration is not in a file. */
  file: string | undefined;
  /** The configuration as it was written. The functions read and check it again. */
  written: unknown;
  /**
   * The text of each file with certificates, by its path as it was written; undefined if no address has TLS settings.
   */
  tlsFiles?: Record<string, string>;
}

/** What an app writes in place of a configuration file. Without `ledger`, CloudFormation names the bucket of the ledger. */
export type ConfigOfApp = Omit<ConfigInput, 'ledger'> & Partial<Pick<ConfigInput, 'ledger'>>;

/** The account and region of the stack that the resources belong to, as far as they are known at synth. */
export type Environment = Pick<Deployment, 'account' | 'region'>;

/** Chooses the file: the named one, or else the default one, or else the example (in a fresh clone). */
export function configurationFile(named: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = typeof named === 'string' ? named : environment[configVariable];
  if (chosen) return chosen;
  return existsSync(defaultConfigFile) ? defaultConfigFile : exampleFile;
}

/**
 * Loads and checks a configuration for a deployment: the file of this name, or the content of one. Throws
 * ConfigurationError with all mistakes at once.
 */
export function loadDeployable(source: string | ConfigOfApp, environment: Environment = {}): Deployable {
  const further: FurtherMistakes = (parts) => {
    const configured = parts.deployment ?? deploymentSchema.parse({});
    return [
      ...mistakesOfEnvironment(configured, environment),
      ...mistakesOfDeployment(parts, { ...configured, ...environment }),
    ];
  };
  const name = typeof source === 'string' ? source : undefined;
  const {
    folder = '.',
    config,
    written,
  } = typeof source === 'string' ? inFile(source, further) : inApp(source, further);
  const deployment = { ...(config.deployment ?? deploymentSchema.parse({})), ...environment };
  const tlsFiles = certificateFiles(config, folder, name);
  return {
    config,
    deployment,
    ...(tlsFiles ? { tlsFiles } : {}),
    file: name === undefined ? undefined : nameOf(name),
    written,
  };
}

function mistakesOfEnvironment(configured: Environment, environment: Environment): Mistake[] {
  return (['account', 'region'] as const).flatMap((setting) => {
    const [here, there] = [configured[setting], environment[setting]];
    if (here === undefined || there === undefined || here === there) return [];
    return [
      {
        path: ['deployment', setting],
        what: `is ${here}, but the stack is deployed to ${there}; omit this setting, because your app decides it`,
      },
    ];
  });
}

interface Loaded {
  folder: string | undefined;
  config: Config;
  written: unknown;
}

function inFile(file: string, further: FurtherMistakes): Loaded {
  const text = readConfigText(file, { namingFile });
  const { folder, ...config } = parseConfig(text, file, '.', further);
  return { folder, config, written: readConfigYaml(text, file).plain };
}

function inApp(content: ConfigOfApp, further: FurtherMistakes): Loaded {
  const unknown = placeOfToken(content);
  if (unknown !== undefined) {
    throw new BackupError(
      'ConfigurationError',
      `${unknown} is not known before the deployment, and the functions get the configuration in a file that is written at synth`,
      { remedy: 'Write the whole value, such as an ARN with its region and account.' },
    );
  }
  // The schema wants a ledger, which the functions find without it.
  const written = { ...content, ledger: content.ledger ?? { folder: 'unused' } };
  const { folder, ...config } = checkConfig(written, further);
  return { folder, config: content.ledger ? config : { ...config, ledger: {} }, written };
}

/** The path of the first value that CDK only knows after the deployment. */
function placeOfToken(value: unknown, path: string[] = []): string | undefined {
  if (Token.isUnresolved(value)) return path.join('.');
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = placeOfToken(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Reads the files with certificates that the addresses name. They are not secret, so the bundles of the functions
 * contain them. Undefined if no address has TLS settings. Throws ConfigurationError.
 */
function certificateFiles({ clusters }: Config, folder: string, file: string | undefined) {
  const named = Object.entries(clusters).flatMap(([cluster, settings]) =>
    addressesOf(settings).flatMap(({ path: place, tls }) =>
      tls ? [{ at: ['clusters', cluster, ...place, 'tls'].join('.'), tls }] : [],
    ),
  );
  if (named.length === 0) return undefined;
  const texts: Record<string, string> = {};
  const keep = (name: string) => {
    const text = readFileSync(path.resolve(folder, name), 'utf8');
    texts[name] = text;
    return text;
  };
  for (const { at, tls } of named) {
    for (const setting of ['ca', 'certificate'] as const) {
      const certificates = tls[setting];
      // A secret is read while a function runs.
      if (typeof certificates !== 'string') continue;
      try {
        checkCertificateFile(setting, certificates, keep);
      } catch (error) {
        if (!isBackupError(error)) throw error;
        const { message, remedy = '' } = error;
        const place = `${file ? `${file}: ` : ''}${at}.${setting}`;
        throw new BackupError('ConfigurationError', `${place}: ${message}`, { remedy });
      }
    }
  }
  return texts;
}

/** A name without absolute paths, which would mean nothing on other machines and would change the template. */
function nameOf(file: string): string {
  const way = path.relative(process.cwd(), file);
  return way.startsWith('..') || path.isAbsolute(way) ? path.basename(file) : way;
}
