import type { CheckName } from '../../../core/config/checks.ts';
import { BackupError } from '../../../core/errors.ts';
import { adviceFor } from '../../../core/remedies.ts';
import { at } from '../fake-cluster.ts';
import { fakeSearch, json, snapshotNamed } from '../fakes.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';
import {
  broken,
  cluster,
  exporting,
  follower,
  historyList,
  leader,
  led,
  members,
  own,
  replicasOfRest,
  shows,
  threeBrokers,
  topology,
  topologyOf,
  type World,
  withRest,
  zeebeList,
} from './world.ts';

interface Refusal {
  check: CheckName;
  /** What is wrong. */
  what: string;
  world: World;
  /** The error's name. */
  name: string;
  reason: RegExp;
  remedy: RegExp;
}

export const refusals: Refusal[] = [
  {
    check: 'brokers',
    what: 'a change is pending',
    world: { replies: { [cluster]: members({ rest: { pendingChange: { id: 7, status: 'IN_PROGRESS' } } }) } },
    name: 'ClusterNotReady',
    reason: /^Zeebe at http:\/\/zeebe:9600 is changing its cluster: change 7 is IN_PROGRESS/,
    remedy: /Wait until .* no pendingChange/,
  },
  {
    check: 'brokers',
    what: 'a broker is not ACTIVE',
    world: { replies: { [cluster]: members({ state: 'LEAVING' }) } },
    name: 'ClusterNotReady',
    reason: /^broker 1 is LEAVING \(GET http:\/\/zeebe:9600\/actuator\/cluster\)/,
    remedy: /ACTIVE/,
  },
  {
    check: 'brokers',
    what: 'a replica is not ACTIVE',
    world: { replies: { [cluster]: members({ partition: 'JOINING' }) } },
    name: 'ClusterNotReady',
    reason: /^partition 2 on broker 1 is JOINING/,
    remedy: /ACTIVE/,
  },
  {
    check: 'brokers',
    what: 'a configured broker does not answer, and is ACTIVE all the same',
    world: threeBrokers(led[0], led[1]),
    name: 'Unreachable',
    reason: /^Zeebe cannot be reached: GET http:\/\/zeebe-2:9600 failed/,
    remedy: /Bring this broker back/,
  },
  {
    check: 'brokers',
    what: 'a configured broker is in trouble',
    world: threeBrokers(led[0], led[1], json(503, { message: 'not ready' })),
    name: 'ServerTrouble',
    reason: /zeebe-2:9600\/actuator\/partitions with 503: not ready/,
    remedy: /log of Zeebe at zeebe-2:9600/,
  },
  {
    check: 'brokers',
    what: 'the gateway misses a broker',
    world: withRest({
      [topology]: topologyOf(replicasOfRest(), 3),
      [exporting]: zeebeAnswers.missingEndpoint,
    }),
    name: 'ServerTrouble',
    reason: /^only 1 of 3 brokers are there \(GET http:\/\/zeebe:8080\/v2\/topology\)/,
    remedy: /Bring the missing brokers back/,
  },
  {
    check: 'brokers',
    what: 'the gateway cannot be asked',
    world: withRest({ [topology]: json(401, {}), [exporting]: json(401, {}) }),
    name: 'RequestRefused',
    reason: /v2\/topology with 401/,
    remedy: /zeebe\.rest\.auth/,
  },
  {
    check: 'partitions',
    what: 'a partition has no leader on any broker',
    world: threeBrokers(led[0], shows(follower, follower, follower), led[2]),
    name: 'ServerTrouble',
    reason: /^partition 2 has no leader \(GET \/actuator\/partitions of every broker\)/,
    remedy: /elections/,
  },
  {
    check: 'partitions',
    what: 'the gateway knows no leader of a partition',
    world: withRest({
      [topology]: topologyOf(replicasOfRest({ role: 'follower' })),
      [exporting]: zeebeAnswers.missingEndpoint,
    }),
    name: 'ServerTrouble',
    reason: /^partition 2 has no leader \(GET http:\/\/zeebe:8080\/v2\/topology\)/,
    remedy: /elections/,
  },
  {
    check: 'partitions',
    what: 'the gateway does not list a partition',
    world: withRest({
      [topology]: topologyOf(replicasOfRest().slice(0, 2)),
      [exporting]: zeebeAnswers.missingEndpoint,
    }),
    name: 'ServerTrouble',
    reason: /^partition 3 has no leader/,
    remedy: /elections/,
  },
  {
    check: 'partitions',
    what: 'a broker shows no partition',
    world: { replies: { [own]: json(200, {}) } },
    name: 'Unreachable',
    reason:
      /^http:\/\/zeebe:9600\/actuator\/partitions shows no partition at all, 0 of 1 replicas of partition 1 are shown/,
    remedy: /every broker shows its partitions/,
  },
  {
    check: 'partitions',
    what: 'a replica is not shown',
    world: threeBrokers(led[0], led[1], shows(follower, follower)),
    name: 'Unreachable',
    reason: /^2 of 3 replicas of partition 3 are shown/,
    remedy: /every broker shows its partitions/,
  },
  ...(['FAILED', 'PAUSED'] as const).map(
    (phase): Refusal => ({
      check: 'partitions',
      what: `a leader’s stream processor is ${phase}`,
      world: { replies: { [own]: shows(leader, { ...leader, streamProcessorPhase: phase }, leader) } },
      name: 'ClusterNotReady',
      reason: new RegExp(
        `^the stream processor of partition 2 is ${phase} \\(${at.zeebe}/actuator/partitions\\)`,
      ),
      remedy: /PROCESSING/,
    }),
  ),
  {
    check: 'partitions',
    what: 'a partition is not healthy',
    world: { replies: { [own]: shows(leader, leader, { ...leader, health: { status: 'DEAD' } }) } },
    name: 'ServerTrouble',
    reason: /^partition 3 \(leader\) is DEAD/,
    remedy: /healthy/,
  },
  {
    check: 'partitions',
    what: 'the gateway says that a partition is not healthy',
    world: withRest({
      [topology]: topologyOf(replicasOfRest({ health: 'unhealthy' })),
      [exporting]: zeebeAnswers.missingEndpoint,
    }),
    name: 'ServerTrouble',
    reason: /^partition 2 \(leader\) is UNHEALTHY \(http:\/\/zeebe:8080\/v2\/topology\)/,
    remedy: /healthy/,
  },
  {
    check: 'backupStore',
    what: 'Zeebe has no backup store',
    world: { replies: { [zeebeList]: zeebeAnswers.noStore } },
    name: 'RequestRefused',
    reason: /No backup store is configured/,
    remedy: /zeebe\.broker\.data\.backup\.store/,
  },
  {
    check: 'repository',
    what: 'the repository is not registered',
    world: {
      replies: {},
      search: fakeSearch([], { repository: async () => undefined, snapshotNames: broken }),
    },
    name: 'ClusterNotReady',
    reason: /^The snapshot repository camunda is not registered at http:\/\/es:9200$/,
    remedy: /Register it/,
  },
  {
    check: 'repository',
    what: 'the repository is registered readonly',
    world: { replies: {}, search: fakeSearch([], { repository: async () => ({ readonly: 'setting' }) }) },
    name: 'ClusterNotReady',
    reason:
      /^The snapshot repository camunda is registered readonly at http:\/\/es:9200: no snapshot can be taken$/,
    remedy: /Register it again without `readonly`/,
  },
  {
    check: 'repository',
    what: 'the repository is of a type that is only read',
    world: { replies: {}, search: fakeSearch([], { repository: async () => ({ readonly: 'type' }) }) },
    name: 'ClusterNotReady',
    reason: /^The snapshot repository camunda at http:\/\/es:9200 is of type url, which is read-only$/,
    remedy: /^Register a repository of a writable type/,
  },
  {
    check: 'repository',
    what: 'a node cannot write to the repository',
    world: { replies: {}, search: fakeSearch([], { verifyRepository: broken, snapshotNames: broken }) },
    name: 'ServerTrouble',
    reason: /^node 2 cannot write$/,
    remedy: /every node of the search engine/,
  },
  {
    check: 'repository',
    what: 'the search engine says in known words why it cannot write',
    world: {
      replies: {},
      search: fakeSearch([], {
        verifyRepository: async () => {
          throw new BackupError('ServerTrouble', 'Access Denied', { remedy: adviceFor('Access Denied') });
        },
      }),
    },
    name: 'ServerTrouble',
    reason: /^Access Denied$/,
    remedy: /may not write to its store or repository/,
  },
  {
    check: 'repository',
    what: 'snapshots are being deleted from the repository',
    world: { replies: {}, search: fakeSearch([], { deletionsInTheWay: async () => ['a', 'b', 'c'] }) },
    name: 'ComponentBusy',
    reason: /^The search engine at http:\/\/es:9200 is deleting snapshots from camunda \(a and 2 more\)/,
    remedy: /Wait until the deletion has ended/,
  },
  {
    check: 'components',
    what: 'an application has no repository',
    world: { replies: { [historyList]: json(404, { message: 'No backup repository configured.' }) } },
    name: 'RequestRefused',
    reason: /Web applications answered .* No backup repository configured/,
    remedy: /BACKUP_REPOSITORYNAME/,
  },
  {
    check: 'components',
    what: 'the web applications take a backup',
    world: { replies: { [historyList]: json(200, [{ backupId: 41, state: 'IN_PROGRESS', details: [] }]) } },
    name: 'ComponentBusy',
    reason: /^Web applications at http:\/\/zeebe:9600 is taking the backup 41/,
    remedy: /Wait/,
  },
  {
    check: 'components',
    what: 'a snapshot of the records is being taken',
    world: {
      replies: {},
      search: fakeSearch([snapshotNamed('camunda_zeebe_records_backup_41', { state: 'IN_PROGRESS' })]),
    },
    name: 'ComponentBusy',
    reason: /^Zeebe records at http:\/\/es:9200 is taking the backup 41/,
    remedy: /Wait/,
  },
  ...(['PAUSED', 'SOFT_PAUSED'] as const).map(
    (phase): Refusal => ({
      check: 'exporting',
      what: `somebody else has made a partition ${phase}`,
      world: { replies: { [own]: shows(leader, { ...leader, exporterPhase: phase }, leader) } },
      name: 'ExportingAlreadyPaused',
      reason: new RegExp(`^Exporting is already paused, and not by this run: partition 2 is ${phase}`),
      remedy:
        /ends it: camunda-backup repair --cluster production --resume-unexplained\nBy hand: curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume \(/,
    }),
  ),
  {
    check: 'exporting',
    what: 'the gateway says that exporting is paused',
    world: withRest({
      [topology]: topologyOf(replicasOfRest()),
      [exporting]: json(200, { status: 'MIXED' }),
    }),
    name: 'ExportingAlreadyPaused',
    reason: /: exporting is MIXED \(http:\/\/zeebe:8080\/v2\/exporting\)/,
    remedy: /curl/,
  },
  {
    check: 'exporters',
    what: 'an exporter is disabled, and another is not configured any more',
    world: {
      replies: {
        [cluster]: json(200, {
          brokers: [
            {
              id: 0,
              partitions: [1, 2, 3].map((id) => ({
                id,
                config: {
                  exporting: {
                    exporters: [
                      { id: 'camundaexporter', state: 'DISABLED' },
                      { id: 'camundaregion1', state: id === 2 ? 'CONFIG_NOT_FOUND' : 'ENABLED' },
                    ],
                  },
                },
              })),
            },
          ],
        }),
      },
      settings: '    checks: { exporters: refuse }\n',
    },
    name: 'ClusterNotReady',
    reason:
      /^the exporter camundaexporter is DISABLED on partitions 1, 2, 3 \(GET http:\/\/zeebe:9600\/actuator\/cluster\), the exporter camundaregion1 is CONFIG_NOT_FOUND on partition 2 /,
    remedy: /Enable it again \(POST \/actuator\/exporters\/ID\/enable\)/,
  },
  {
    check: 'exporterLag',
    what: 'a leader is far behind',
    world: { replies: { [own]: shows(leader, { ...leader, exportedPosition: 99_999 }, leader) } },
    name: 'ClusterNotReady',
    reason:
      /^the exporters of partition 2 are 100001 records behind \(.*: processed 200000, exported 99999\); 100000 are allowed/,
    remedy: /maxExporterLag/,
  },
  {
    check: 'coverage',
    what: 'there are records of another exporter',
    world: {
      replies: {},
      search: fakeSearch([], {
        indices: async (pattern) => [
          'zeebe-record_job_8.8.0_2026-11-20',
          ...(pattern.startsWith('zeebe-record') ? [] : ['other_job_8.8.0_2026-11-20']),
        ],
      }),
      settings: '    checks: { coverage: refuse }\n',
    },
    name: 'ClusterNotReady',
    reason:
      /^This backup contains the records with the prefix zeebe-record, but http:\/\/es:9200 has others \(other_job_8/,
    remedy: /records\.indexPrefix/,
  },
  {
    check: 'records',
    what: 'no index matches the records',
    world: { replies: {}, search: fakeSearch([], { indices: async () => [] }) },
    name: 'ClusterNotReady',
    reason: /^No index at http:\/\/es:9200 matches zeebe-record\*/,
    remedy: /records\.indexPrefix/,
  },
  {
    check: 'records',
    what: 'the indices cannot be read',
    world: { replies: {}, search: fakeSearch([], { indices: broken }) },
    name: 'ServerTrouble',
    reason: /^node 2 cannot write$/,
    remedy: /search engine answers/,
  },
];
