import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Manifest, manifest as manifestSchema } from '../../../core/ledger/manifest.ts';
import { callCommandLine } from '../../support/command.ts';
import { shortWaits } from '../../support/waits.ts';
import type { CaseCluster } from './cluster.ts';

/** Backs up the cluster with camunda-backup itself, and returns the manifest of the backup. */
export async function backUpByProduct(cluster: CaseCluster): Promise<Manifest> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-loss-ledger-'));
  try {
    const file = join(folder, 'camunda-backup.yaml');
    const { search: url, name } = cluster;
    const configured = {
      zeebe: { url: cluster.url('zeebe') },
      ...Object.fromEntries(cluster.applications.map((one) => [one, { url: cluster.url(one) }])),
      search: { engine: 'opensearch', url, repository: name },
      records: { indexPrefix: `${name}-zeebe-record` },
      patience: '5s',
      // Another try would be another backup.
      attempts: 1,
    };
    const config = { ledger: { folder: join(folder, 'ledger') }, clusters: { [name]: configured } };
    await writeFile(file, stringify(config));
    const ended = await callCommandLine(['run', '--config', file, '--json'], { waits: shortWaits }).ended;
    const { manifest } = ended.json();
    if (manifest === null) throw new Error(ended.stderr);
    return manifestSchema.parse(JSON.parse(await readFile(manifest, 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
