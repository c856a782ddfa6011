import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { type CheckName, checkNames } from '../../../core/config.ts';
import { BackupError } from '../../../core/errors.ts';
import { at, cluster88, indexOf, yaml88 } from '../fake-cluster.ts';
import {
  type FakeHttp,
  type FakeSearch,
  failureOf,
  fakeSearch,
  json,
  noAnswer,
  type Reply,
  snapshotNamed,
  testContext,
} from '../fakes.ts';
import tasklistAnswers from '../recorded/tasklist.json' with { type: 'json' };
import zeebeAnswers from '../recorded/zeebe.json' with { type: 'json' };

const nowSeconds = 1_795_251_600;
const rest = 'http://zeebe:8080';
const brokers = [0, 1, 2].map((id) => `http://zeebe-${id}:9600`);
const cluster = `GET ${at.zeebe}/actuator/cluster`;
const own = `GET ${at.zeebe}/actuator/partitions`;
const topology = `GET ${rest}/v2/topology`;
const exporting = `GET ${rest}/v2/exporting`;
const zeebeList = `GET ${at.zeebe}/actuator/backupRuntime`;
const historyList = `GET ${at.zeebe}/actuator/backupHistory`;

/** A replica as 8.6 shows it. */
const leader = {
  role: 'LEADER',
  processedPosition: 200_000,
  snapshotId: null,
  processedPositionInSnapshot: null,
  streamProcessorPhase: 'PROCESSING',
  exporterPhase: 'EXPORTING',
  exportedPosition: 200_016,
};
const follower = { ...leader, role: 'FOLLOWER', streamProcessorPhase: 'REPLAY', exportedPosition: 5 };

/** What a broker shows of partitions 1, 2, 3. */
const shows = (...replicas: object[]) =>
  json(200, Object.fromEntries(replicas.map((replica, index) => [String(index + 1), replica])));

/** `GET /actuator/cluster` of three brokers that all have all three partitions. */
const members = (change: { state?: string; partition?: string; rest?: object } = {}) =>
  json(200, {
    version: 1,
    brokers: [0, 1, 2].map((id) => ({
      id,
      state: id === 1 ? (change.state ?? 'ACTIVE') : 'ACTIVE',
      partitions: [1, 2, 3].map((partition) => ({
        id: partition,
        state: id === 1 && partition === 2 ? (change.partition ?? 'ACTIVE') : 'ACTIVE',
      })),
    })),
    ...change.rest,
  });

const replicasOfRest = (change: object = {}) =>
  [1, 2, 3].map((partitionId) => ({
    partitionId,
    role: 'leader',
    health: 'healthy',
    ...(partitionId === 2 ? change : {}),
  }));
const topologyOf = (partitions: object[], clusterSize = 1) =>
  json(200, { brokers: [{ nodeId: 0, partitions }], clusterSize, partitionsCount: 3, replicationFactor: 1 });

interface World {
  replies: Record<string, Reply>;
  search?: FakeSearch;
  /** Lines of the cluster's settings. */
  settings?: string;
  /** Settings of Zeebe behind its url. */
  zeebe?: string;
}

const threeBrokers = (...pages: Reply[]): World => ({
  zeebe: `, brokers: [${brokers.join(', ')}]`,
  replies: {
    [cluster]: members(),
    ...Object.fromEntries(
      brokers.map((url, index) => [`GET ${url}/actuator/partitions`, pages[index] ?? noAnswer(url)]),
    ),
  },
});
const led = [
  shows(leader, follower, follower),
  shows(follower, leader, follower),
  shows(follower, follower, leader),
] as const;
const withRest = (replies: Record<string, Reply>): World => ({ zeebe: `, rest: { url: ${rest} }`, replies });

function setUp({ replies, search = fakeSearch(), settings = '', zeebe = '' }: World) {
  const fake: FakeHttp = cluster88();
  // As the real ones do it: everything that the checks look at is there.
  Object.assign(fake.replies, { [own]: shows(leader, leader, leader) }, replies);
  const yaml = `${yaml88.replace(`zeebe: { url: ${at.zeebe} }`, `zeebe: { url: ${at.zeebe}${zeebe} }`)}${settings}`;
  const context = testContext({ yaml, http: fake.http, search });
  const prepare = async () => {
    const plan = await prepareBackup({ cluster: 'production', reason: 'test', attempt: 1 }, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    return { plan, warnings: manifest?.warnings ?? [] };
  };
  return { fake, context, prepare };
}

const passes = async (world: World) => (await setUp(world).prepare()).warnings;

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

const refusals: Refusal[] = [
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
    what: 'the gateway misses one',
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
    what: 'one has no leader on any broker',
    world: threeBrokers(led[0], shows(follower, follower, follower), led[2]),
    name: 'ServerTrouble',
    reason: /^partition 2 has no leader \(GET \/actuator\/partitions of every broker\)/,
    remedy: /elections/,
  },
  {
    check: 'partitions',
    what: 'the gateway knows no leader of one',
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
    what: 'the gateway does not list one',
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
    what: 'a broker shows nothing',
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
    what: 'one is not healthy',
    world: { replies: { [own]: shows(leader, leader, { ...leader, health: { status: 'DEAD' } }) } },
    name: 'ServerTrouble',
    reason: /^partition 3 \(leader\) is DEAD/,
    remedy: /healthy/,
  },
  {
    check: 'partitions',
    what: 'the gateway says that one is not healthy',
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
    what: 'there is none',
    world: { replies: { [zeebeList]: zeebeAnswers.noStore } },
    name: 'RequestRefused',
    reason: /No backup store is configured/,
    remedy: /zeebe\.broker\.data\.backup\.store/,
  },
  {
    check: 'repository',
    what: 'it is not registered',
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
    what: 'it is registered readonly',
    world: { replies: {}, search: fakeSearch([], { repository: async () => ({ readonly: 'setting' }) }) },
    name: 'ClusterNotReady',
    reason:
      /^The snapshot repository camunda is registered readonly at http:\/\/es:9200: no snapshot can be taken$/,
    remedy: /Register it again without `readonly`/,
  },
  {
    check: 'repository',
    what: 'it is of a type that is only read',
    world: { replies: {}, search: fakeSearch([], { repository: async () => ({ readonly: 'type' }) }) },
    name: 'ClusterNotReady',
    reason:
      /^The snapshot repository camunda at http:\/\/es:9200 is of type url, from which snapshots can only be read$/,
    remedy: /^Register a repository of a type that can be written/,
  },
  {
    check: 'repository',
    what: 'a node cannot write to it',
    world: { replies: {}, search: fakeSearch([], { verifyRepository: broken, snapshotNames: broken }) },
    name: 'ServerTrouble',
    reason: /^node 2 cannot write$/,
    remedy: /every node of the search engine/,
  },
  {
    check: 'repository',
    what: 'it says why, in words that are known',
    world: {
      replies: {},
      search: fakeSearch([], {
        verifyRepository: async () => {
          throw new BackupError('ServerTrouble', 'Access Denied');
        },
      }),
    },
    name: 'ServerTrouble',
    reason: /^Access Denied$/,
    remedy: /may not write to its store or repository/,
  },
  {
    check: 'repository',
    what: 'snapshots are being deleted from it',
    world: { replies: {}, search: fakeSearch([], { deletionsInTheWay: async () => ['a', 'b', 'c'] }) },
    name: 'ComponentBusy',
    reason: /^The search engine at http:\/\/es:9200 is deleting snapshots from camunda \(a and 2 more\)/,
    remedy: /Wait until it has deleted them/,
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
    what: 'the web applications take one',
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
      what: `somebody has ${phase} it`,
      world: { replies: { [own]: shows(leader, { ...leader, exporterPhase: phase }, leader) } },
      name: 'ExportingAlreadyPaused',
      reason: new RegExp(`^Exporting is paused already, and not by this run: partition 2 is ${phase}`),
      remedy:
        /ends it: camunda-backup repair --cluster production --resume-unexplained\nBy hand: curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume \(/,
    }),
  ),
  {
    check: 'exporting',
    what: 'the gateway says that it is paused',
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
    what: 'one is disabled, and another is not configured any more',
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
      /^This backup has the records of the prefix zeebe-record, and http:\/\/es:9200 has others \(other_job_8/,
    remedy: /records\.indexPrefix/,
  },
  {
    check: 'records',
    what: 'no index matches',
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

async function broken(): Promise<never> {
  throw new BackupError('ServerTrouble', 'node 2 cannot write');
}

describe('a check refuses with its name, what was seen and what to do, and nothing is changed', () => {
  for (const { check, what, world, name, reason, remedy } of refusals) {
    test(`${check}: ${what}`, async () => {
      const { fake, context, prepare } = setUp(world);
      const error = await failureOf(prepare());
      assert.equal(error.name, name);
      const head = `Check ${check}: `;
      assert(error.message.startsWith(head), error.message);
      assert.match(error.message.slice(head.length), reason);
      assert.match(error.remedy ?? '', remedy);
      assert.deepEqual(
        fake.requests.filter(({ method }) => method !== 'GET'),
        [],
      );
      assert.deepEqual(await context.ledger.backupIds('production'), []);
    });
  }

  test('every check is in the table of the README and in the example of a configuration', () => {
    const page = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
    for (const check of checkNames) {
      assert.match(page('README.md'), new RegExp(`^\\| \`${check}\`[^|]* \\|`, 'm'));
      assert.match(page('camunda-backup.example.yaml'), new RegExp(`^ *# +${check}: (refuse|warn)`, 'm'));
    }
  });

  test('every check refuses somewhere above', () => {
    assert.deepEqual(new Set(refusals.map(({ check }) => check)), new Set(checkNames));
  });
});

describe('a check that is set to warn puts the same into the manifest, and the plan is made', () => {
  for (const { check, what, world, reason } of refusals) {
    test(`${check}: ${what}`, async () => {
      const { prepare } = setUp({ ...world, settings: `    checks: { ${check}: warn }\n` });
      const { plan, warnings } = await prepare();
      const head = `Check ${check}: `;
      const found = warnings.filter((warning) => warning.startsWith(head));
      assert.equal(found.length, 1, warnings.join('\n'));
      assert.match(found[0]?.slice(head.length) ?? '', reason);
      assert.equal(plan.run.backupId, nowSeconds);
      assert.deepEqual(
        [...plan.applications, ...plan.records, ...plan.zeebe].map(({ component }) => component),
        ['webApplications', 'optimize', 'records', 'zeebe'],
      );
    });
  }

  test('and only then may exporting be paused before', async () => {
    const world = { replies: {}, settings: '    checks: { exporting: warn }\n' };
    assert.equal((await setUp(world).prepare()).plan.exporting.mayBePausedBefore, true);
    assert.equal((await setUp({ replies: {} }).prepare()).plan.exporting.mayBePausedBefore, undefined);
  });

  test('and the id comes from the lists that can be read', async () => {
    const world = {
      replies: {
        [zeebeList]: zeebeAnswers.noStore,
        [historyList]: json(200, [{ backupId: nowSeconds + 7, state: 'COMPLETED', details: [] }]),
      },
      settings: '    checks: { backupStore: warn }\n',
    };
    assert.equal((await setUp(world).prepare()).plan.run.backupId, nowSeconds + 8);
  });

  test('and another one refuses all the same', async () => {
    const world = {
      replies: { [own]: shows(leader, { ...leader, streamProcessorPhase: 'FAILED' }, leader) },
      search: fakeSearch([], { repository: async () => undefined }),
      settings: '    checks: { repository: warn }\n',
    };
    const error = await failureOf(setUp(world).prepare());
    assert.match(error.message, /^Check partitions: /);
    assert.doesNotMatch(error.message, /repository/);
  });
});

describe('an exporter that is switched off', () => {
  const index = `GET ${at.zeebe}/actuator`;
  const exportersPage = `GET ${at.zeebe}/actuator/exporters`;
  const world = (status: string): World => ({
    replies: {
      [index]: indexOf('backupRuntime', 'backupHistory', 'exporting', 'partitions', 'cluster', 'exporters'),
      [exportersPage]: json(200, [{ exporterId: 'camundaexporter', status }]),
    },
  });

  test('only warns unless the configuration says otherwise: after the loss of a region it is wanted', async () => {
    const warnings = await passes(world('DISABLED'));
    assert.deepEqual(warnings, [
      'Check exporters: the exporter camundaexporter is DISABLED (GET http://zeebe:9600/actuator/exporters): what it is for gets no records, and this backup of it stays behind',
    ]);
  });

  test('and is being switched on is to be waited for', async () => {
    const settings = '    checks: { exporters: refuse }\n';
    const error = await failureOf(setUp({ ...world('ENABLING'), settings }).prepare());
    assert.match(error.remedy ?? '', /^Wait until/);
  });

  test('is told once, by the page that names its partitions', async () => {
    const config = { exporting: { exporters: [{ id: 'camundaexporter', state: 'DISABLED' }] } };
    const partitions = [1, 2, 3].map((id) => ({ id, config }));
    const { replies } = world('DISABLED');
    const [warning, ...others] = await passes({
      replies: { ...replies, [cluster]: json(200, { brokers: [{ id: 0, partitions }] }) },
    });
    assert.match(warning ?? '', /camundaexporter is DISABLED on partitions 1, 2, 3 \(GET .*cluster\): what/);
    assert.deepEqual(others, []);
  });

  test('is none where it is ENABLED, or where the page does not say', async () => {
    for (const status of ['ENABLED', 'UNKNOWN']) assert.deepEqual(await passes(world(status)), []);
  });
});

describe('what cannot be known is said in the manifest, and refuses nothing', () => {
  test('an application that cannot list its backups for a bad one among them', async () => {
    const { warnings, plan } = await setUp({
      replies: {
        [historyList]: tasklistAnswers.listUnreadable,
        [`${historyList}/${nowSeconds}`]: json(404, { message: 'No backup with id [1795251600] found.' }),
      },
    }).prepare();
    assert.equal(plan.applications.length, 2);
    assert.equal(warnings.length, 1, warnings.join('\n'));
    assert.match(
      warnings[0] ?? '',
      /^A second backup could not be excluded: Web applications cannot list its backups: .*nodeId/,
    );
    assert.match(warnings[0] ?? '', /camunda-backup repair --cluster production --delete-leftovers$/);
  });

  test('deletions that this user may not see', async () => {
    const refused = async () => {
      throw new BackupError('RequestRefused', 'no permissions for [cluster:monitor/state]', { status: 403 });
    };
    const search = fakeSearch([], { deletionsInTheWay: refused });
    const { warnings } = await setUp({ replies: {}, search }).prepare();
    assert.deepEqual(warnings, [
      'Whether snapshots are being deleted from camunda is not known: no permissions for [cluster:monitor/state]',
    ]);
  });

  test('but deletions at a search engine in trouble do', async () => {
    const search = fakeSearch([], { deletionsInTheWay: broken });
    const error = await failureOf(setUp({ replies: {}, search }).prepare());
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /^Check repository: /);
  });
});

describe('a healthy cluster passes every check without a word', () => {
  for (const { what, world } of [
    { what: 'of one broker', world: { replies: {} } },
    { what: 'of three brokers', world: threeBrokers(...led) },
    {
      what: 'that shows its health',
      world: {
        replies: {
          [own]: shows(...Array.from({ length: 3 }, () => ({ ...leader, health: { status: 'HEALTHY' } }))),
        },
      },
    },
    {
      what: 'with a REST address',
      world: withRest({
        [topology]: topologyOf(replicasOfRest({ role: 'LEADER', health: 'HEALTHY' })),
        [exporting]: json(200, { status: 'EXPORTING' }),
      }),
    },
    {
      what: 'whose followers export nothing, and have no processor that works',
      world: threeBrokers(
        led[0],
        led[1],
        shows({ ...follower, streamProcessorPhase: 'PAUSED', exportedPosition: 1 }, follower, leader),
      ),
    },
  ] as const) {
    test(what, async () => assert.deepEqual(await passes(world), []));
  }
});

describe('what is not known refuses nothing', () => {
  for (const { what, replica } of [
    { what: 'an exported position of -1', replica: { ...leader, exportedPosition: -1 } },
    { what: 'no exported position', replica: { ...leader, exportedPosition: null } },
    {
      what: 'a processed position of -1',
      replica: { ...leader, processedPosition: -1, exportedPosition: -1 },
    },
    { what: 'exporters that are ahead', replica: { ...leader, exportedPosition: 300_000 } },
    { what: 'a lag as long as it may be', replica: { ...leader, exportedPosition: 100_000 } },
    { what: 'only the phase of exporting', replica: { exporterPhase: 'EXPORTING' } },
    { what: 'a health without status', replica: { ...leader, health: {} } },
  ] as const) {
    test(`${what}`, async () => {
      assert.deepEqual(await passes({ replies: { [own]: shows(replica, replica, replica) } }), []);
    });
  }

  test('a standalone gateway, whose brokers are not configured', async () => {
    const [warning, ...others] = await passes({
      replies: { [cluster]: members(), [own]: zeebeAnswers.missingEndpoint },
    });
    assert.match(warning ?? '', /^Whether exporting is paused or resumed cannot be read back/);
    assert.deepEqual(others, []);
  });

  test('one of three brokers, whatever the others lead', async () => {
    assert.deepEqual(await passes({ replies: { [cluster]: members(), [own]: led[0] } }), []);
  });

  test('but one of three brokers that shows nothing is not at work', async () => {
    const world = { replies: { [cluster]: members(), [own]: json(200, {}) } };
    const error = await failureOf(setUp(world).prepare());
    assert.match(error.message, /^Check partitions: .* shows no partition at all$/);
  });

  test('nor does Zeebe that takes another backup: it takes several at once', async () => {
    const world = {
      replies: { [zeebeList]: json(200, [{ backupId: 41, state: 'IN_PROGRESS', details: [] }]) },
    };
    assert.equal((await setUp(world).prepare()).plan.outcome, 'PLANNED');
  });

  test('nor does a broker that has no partition yet', async () => {
    const empty = { id: 1, state: 'ACTIVE', partitions: [] };
    const full = { id: 0, state: 'ACTIVE', partitions: [1, 2, 3].map((id) => ({ id, state: 'ACTIVE' })) };
    const [first = '', second = ''] = brokers;
    assert.deepEqual(
      await passes({
        zeebe: `, brokers: [${first}, ${second}]`,
        replies: {
          [cluster]: json(200, { version: 1, brokers: [full, empty] }),
          [`GET ${first}/actuator/partitions`]: shows(leader, leader, leader),
          [`GET ${second}/actuator/partitions`]: json(200, {}),
        },
      }),
      [],
    );
  });

  test('nor a state that is not there', async () => {
    const answer = { brokers: [{ id: 0, partitions: [{ id: 1 }, { id: 2 }, { id: 3 }] }] };
    assert.deepEqual(await passes({ replies: { [cluster]: json(200, answer) } }), []);
  });
});

describe('what the checks find', () => {
  test('is told all at once, beside what makes a plan impossible', async () => {
    const { fake, prepare } = setUp({
      replies: { [own]: shows(leader, { ...leader, streamProcessorPhase: 'FAILED' }, leader) },
      search: fakeSearch([], { repository: async () => undefined, indices: async () => [] }),
    });
    fake.replies[zeebeList] = zeebeAnswers.noStore;
    const error = await failureOf(prepare());
    assert.equal(error.name, 'ClusterNotReady');
    for (const check of ['partitions', 'backupStore', 'repository', 'records']) {
      assert.match(error.message, new RegExp(`(\\n  -|problems, the first:) Check ${check}: `));
    }
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const both = await failureOf(prepare());
    assert.match(
      both.message,
      /problems, the first: Optimize cannot be reached: GET http:\/\/optimize:8092 failed/,
    );
    assert.match(both.message, /\n {2}- Check repository: /);
  });

  test('keeps a name that is repeated where all of it may pass', async () => {
    const { prepare } = setUp({
      ...threeBrokers(led[0], shows(follower, follower, follower)),
      search: fakeSearch([], { verifyRepository: broken }),
    });
    const error = await failureOf(prepare());
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /Check brokers: .*\n.*Check repository: /);
  });

  test('that makes a plan impossible stays an error', async () => {
    const { fake, prepare } = setUp({
      replies: {},
      settings: `    checks: { ${checkNames.map((name) => `${name}: warn`).join(', ')} }\n`,
    });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(prepare());
    assert.equal(error.name, 'Unreachable');
    assert.doesNotMatch(error.message, /^Check/);
  });

  test('is not held against the run itself when it is called again', async () => {
    const { fake, context, prepare } = setUp({ replies: {} });
    const { plan } = await prepare();
    const running = json(200, [{ backupId: plan.run.backupId, state: 'IN_PROGRESS', details: [] }]);
    fake.replies[zeebeList] = running;
    const paused = { ...leader, exporterPhase: 'SOFT_PAUSED', exportedPosition: 5 };
    fake.replies[own] = shows(paused, paused, paused);
    await context.ledger.changeLock('production', 'run-1', () => ({
      pauseRequestedAt: '2026-11-21T09:00:00.000Z',
    }));
    assert.deepEqual((await prepare()).plan, plan);
  });

  test('is not held against the next try of the same run: it has deleted what it found', async () => {
    const { fake, context } = setUp({ replies: {} });
    await context.ledger.acquire({
      format: 1,
      cluster: 'production',
      runId: 'run-1',
      owner: context.owner('run-1'),
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
      attempt: 2,
    });
    const running = (backupId: number) => json(200, [{ backupId, state: 'IN_PROGRESS', details: [] }]);
    const request = { cluster: 'production', reason: 'test', attempt: 2, replaces: 41 };
    fake.replies[historyList] = running(40);
    assert.match((await failureOf(prepareBackup(request, 'run-1', context))).message, /Check components: /);
    fake.replies[historyList] = running(41);
    assert.equal((await prepareBackup(request, 'run-1', context)).outcome, 'PLANNED');
  });

  test('of a backup that the ledger knows says so', async () => {
    const { fake, context, prepare } = setUp({ replies: {} });
    await context.ledger.createManifest({
      format: 1,
      backupId: 41,
      cluster: 'production',
      runId: 'run-0',
      reason: 'test',
      state: 'FAILED',
      startedAt: '2026-11-20T09:00:00.000Z',
      order: 'PAUSE_FIRST',
      expectedComponents: [],
      components: [],
      exporting: { leftPaused: false },
      warnings: [],
    });
    fake.replies[historyList] = json(200, [{ backupId: 41, state: 'IN_PROGRESS', details: [] }]);
    const { message, remedy } = await failureOf(prepare());
    assert.match(message, /backup 41 \(IN_PROGRESS\), which a run of this ledger has started that is over/);
    assert.match(
      remedy ?? '',
      /If it does not end, delete it: camunda-backup repair .*--delete-leftovers\nWhere Web applications still says .* restart it/,
    );
  });
});

describe('the REST address', () => {
  const auth = ', auth: { username: backup, password: { env: ES_PASSWORD } }';
  const good = {
    [topology]: topologyOf(replicasOfRest()),
    [exporting]: json(200, { status: 'EXPORTING' }),
  };
  const world = (replies: Record<string, Reply>): World => ({
    zeebe: `, rest: { url: ${rest}${auth} }`,
    replies: { ...good, ...replies },
  });

  test('is in the plan where it shows what exporting does; its secret is named there', async () => {
    const { fake, prepare } = setUp(world({}));
    const { plan } = await prepare();
    const named = { username: 'backup', password: { env: 'ES_PASSWORD' } };
    assert.deepEqual(plan.exporting.rest, { url: rest, auth: named });
    const sent = fake.requests.filter(({ url }) => url.startsWith(rest)).map(({ headers }) => headers);
    const basic = `Basic ${Buffer.from('backup:not-to-be-seen').toString('base64')}`;
    assert.deepEqual(sent, [{ authorization: basic }, { authorization: basic }]);
  });

  test('proves a pause where the brokers cannot be asked', async () => {
    const { plan } = await setUp(world({ [own]: zeebeAnswers.missingEndpoint })).prepare();
    assert.equal(plan.exporting.provable, true);
  });

  for (const { what, answer } of [
    { what: 'before 8.10', answer: zeebeAnswers.missingEndpoint },
    { what: 'without the permission', answer: json(403, {}) },
  ] as const) {
    test(`${what} is not in the plan, and proves nothing`, async () => {
      const replies = { [exporting]: answer, [own]: zeebeAnswers.missingEndpoint };
      const { plan } = await setUp(world(replies)).prepare();
      assert.equal(plan.exporting.rest, undefined);
      assert.equal(plan.exporting.provable, false);
    });
  }
});
