import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultConfigFile } from '../core/config/default-file.ts';
import { type Deployment, deployment as deploymentSchema } from '../core/config/deployment.ts';
import { loadConfig, readConfigYaml } from '../core/config/file.ts';
import type { Config } from '../core/config/schema.ts';
import { BackupError } from '../core/errors.ts';
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
  const config = await loadConfig(file, { namingFile });
  const deployment = config.deployment ?? deploymentSchema.parse({});
  const mistakes = mistakesOfDeployment(config, deployment);
  if (mistakes.length > 0) {
    const lines = mistakes.map(({ path, what }) => `  ${file}: ${path} ${what}`);
    throw new BackupError('ConfigurationError', `${file} cannot be deployed as it is:\n${lines.join('\n')}`);
  }
  return {
    config,
    deployment,
    file: nameOf(file),
    written: readConfigYaml(await readFile(file, 'utf8'), file).plain,
  };
}

/** No path of the machine on which the stack was made: it says nothing to others, and would change the template. */
function nameOf(file: string): string {
  const way = path.relative(process.cwd(), file);
  return way.startsWith('..') || path.isAbsolute(way) ? path.basename(file) : way;
}
