import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions } from '../infra/bundle.ts';
import { functions } from '../lambdas/functions.ts';
import type { Measured } from './figures.ts';

const execute = promisify(execFile);
const attempts = 5;

/** Measures the size and the initialisation time of each function, which are our part of a cold start. */
export async function measureBundles(): Promise<Measured> {
  const bundleFunction = await bundleFunctions();
  const measured: { name: string; search: boolean; kilobytes: number; milliseconds: number }[] = [];
  for (const [name, { definition }] of Object.entries(functions)) {
    const search = definition.needs.includes('search');
    const file = join(bundleFunction(name), 'index.mjs');
    const kilobytes = Math.ceil(statSync(file).size / 1000);
    measured.push({ name, search, kilobytes, milliseconds: await initialisation(file) });
  }
  const max = (of: (one: (typeof measured)[number]) => number, search?: boolean) =>
    Math.max(...measured.filter((one) => search === undefined || one.search === search).map(of));
  return {
    figures: {
      bundleKilobytesMax: max(({ kilobytes }) => kilobytes, false),
      bundleKilobytesMaxWithSearch: max(({ kilobytes }) => kilobytes, true),
      initMillisecondsMax: max(({ milliseconds }) => milliseconds),
    },
    table: {
      title: `Bundles (minified; initialisation: the median of ${attempts} imports in a new process)`,
      header: ['function', 'kB', 'initialisation'],
      rows: measured.map(({ name, kilobytes, milliseconds }) => [
        name,
        String(kilobytes),
        `${milliseconds} ms`,
      ]),
    },
  };
}

/** The median of the milliseconds that several imports take. */
async function initialisation(file: string): Promise<number> {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t); process.exit()`;
  const times: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, AWS_REGION: 'us-east-1', POWERTOOLS_METRICS_NAMESPACE: 'CamundaBackup' },
    });
    times.push(Number(stdout.trim().split('\n').at(-1)));
  }
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(attempts / 2)] ?? Number.NaN);
}
