import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { certificatesFile } from '../lambdas/aws/files.ts';
import { definitionOf } from '../lambdas/functions.ts';

/**
 * Writes a function to a folder with `index.mjs`, its source map and, if the function needs it, the configuration.
 * Returns the folder. It is removed when the process ends, and CDK copies it before that.
 */
export type BundleFunction = (
  name: string,
  configuration?: unknown,
  tlsFiles?: Record<string, string>,
) => string;

/**
 * Takes the bundles from a folder that writeBundles (bundle.ts) has filled. The folder may be part of a package, so it is
 * only read.
 */
export function functionCode(bundles: string, temporary = temporaryFolder()): BundleFunction {
  return (name, configuration, tlsFiles) => {
    const folder = mkdtempSync(path.join(temporary, `${name}-`));
    const { needs } = definitionOf(name);
    cpSync(path.join(bundles, name), folder, { recursive: true });
    if (needs.includes('configuration') && configuration !== undefined) {
      writeFileSync(
        path.join(folder, 'camunda-backup.json'),
        `${JSON.stringify(configuration, undefined, 2)}\n`,
      );
    }
    if (needs.includes('cluster') && tlsFiles) {
      writeFileSync(path.join(folder, certificatesFile), `${JSON.stringify(tlsFiles, undefined, 2)}\n`);
      cpSync(path.join(bundles, undici), folder, { recursive: true });
    }
    return folder;
  };
}

/**
 * undici is bundled as a separate file, because it is half as large as a whole function. core/connect/dispatchers.ts
 * loads it for an address with TLS settings, and a deployment without such an address omits it. The client of
 * Elasticsearch contains its own copy.
 */
export const undici = 'undici';

/** Makes a folder that is removed when the process ends. */
export function temporaryFolder(): string {
  mkdirSync(tmpdir(), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
