import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '../../support/servers/server-process.ts';
import { ClassArchive } from './class-archive.ts';
import { answersOk } from './http.ts';
import type { Jdk } from './java.ts';
import { jvm } from './jvm.ts';
import { type Layout, local, ownFile } from './layout.ts';
import { type Member, type Place, processOf } from './members.ts';
import type { SnapshotRepository } from './repository.ts';

/** `search` alone manages the cluster, so that `search2` may die: of two that vote, each is needed. */
export type SearchNode = 'search' | 'search2';

interface Node {
  name: string;
  roles: string;
  http: number;
  transport: number;
}

function nodeOf(node: SearchNode, { ports }: Layout): Node {
  if (node === 'search') {
    const roles = 'cluster_manager,data';
    return { name: 'search-1', roles, http: ports.search, transport: ports.searchTransport };
  }
  return { name: 'search-2', roles: 'data', http: ports.search2, transport: ports.search2Transport };
}

/** `jars`: the folder of OpenSearch's version. */
export function searchMember(
  node: SearchNode,
  { jdk, layout, guard }: Place,
  jars: string,
  repository: SnapshotRepository,
): Member {
  const { name, http } = nodeOf(node, layout);
  const folder = join(layout.folder, name);
  mkdirSync(folder);
  const archive = new ClassArchive('search', jdk, join(jars, '*'), folder);
  const wanted = node === 'search' ? 'wait_for_status=yellow' : 'wait_for_nodes=2';
  return {
    process: processOf(node, layout, guard),
    archive,
    launch: () => launch(node, jdk, { jars, folder }, layout, repository, archive),
    isReady: () => answersOk(`${local(http)}/_cluster/health?${wanted}&timeout=2s`),
  };
}

function launch(
  node: SearchNode,
  jdk: Jdk,
  { jars, folder }: { jars: string; folder: string },
  layout: Layout,
  { node: { plugin, settings, secrets } }: SnapshotRepository,
  archive: ClassArchive,
): Launch {
  const all = Object.entries({ ...settingsOf(node, layout), ...settings });
  const keystore = Object.entries(secrets).map(([name, secret], i) => [`KEYSTORE_${i}`, `${name}=${secret}`]);
  return {
    program: jdk.java,
    args: [
      ...jvm(layout, archive, '384m'),
      '-Xms384m',
      // one JVM, one Netty: it may find out the number of processors by itself
      '-Dopensearch.set.netty.runtime.available.processors=false',
      // The plugin for S3 tells the AWS SDK to look there, and fails where it is not said.
      `-Dopensearch.path.conf=${join(folder, 'config')}`,
      '-cp',
      join(jars, '*'),
      ownFile('OpenSearchNode.java'),
      folder,
      plugin,
      ...all.map(([name, value]) => `${name}=${value}`),
    ],
    env: Object.fromEntries(keystore),
  };
}

function settingsOf(node: SearchNode, layout: Layout): Record<string, string> {
  const { name, roles, http, transport } = nodeOf(node, layout);
  const first = nodeOf('search', layout);
  return {
    'node.name': name,
    'node.roles': roles,
    'http.host': '127.0.0.1',
    'http.port': String(http),
    'transport.host': '127.0.0.1',
    'transport.port': String(transport),
    'discovery.type': 'zen',
    'discovery.seed_hosts': `127.0.0.1:${first.transport}`,
    'cluster.initial_cluster_manager_nodes': node === 'search' ? name : '',
    'path.repo': layout.repositories,
    // A nearly full disk of a developer's machine must not make the indices read-only.
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    // The serial collector lets garbage lie until the heap is nearly full, which is no reason to refuse calls with 429.
    'indices.breaker.total.use_real_memory': 'false',
  };
}
