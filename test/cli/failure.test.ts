import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { titles } from '../../core/components/kinds.ts';
import {
  type ComponentName,
  type CourseKind,
  courses,
  type Simulator,
  type SimulatorOptions,
} from '../../simulator/index.ts';
import { shortWaits } from '../support/waits.ts';
import { assertCode, type Bench, bench as benchWith, order } from './harness.ts';

const bench: typeof benchWith = (options, change) => benchWith({ waits: shortWaits, ...options }, change);

/** Runs a backup that must fail, and holds what is true of every failure after the preparation. */
async function fail(on: Bench) {
  const ended = await on.run().ended;
  assertCode(ended, 1);
  const result = ended.json();
  assert.equal(result.state, 'FAILED');
  assert.ok(result.failure);
  assert.match(ended.stderr, /FAILED/);
  assert.doesNotMatch(ended.stderr, /^\s+at .*\(/m, 'a stack trace');
  const manifest = await on.manifest();
  assert.equal(manifest.state, 'FAILED');
  assert.deepEqual(manifest.failure, result.failure);
  assert.equal(manifest.exporting.leftPaused, false);
  assert.equal(await on.lock(), undefined, 'the lock is left');
  return { ended, result, failure: result.failure, manifest };
}

/** Runs a backup that must be refused before anything is paused. */
async function refuse(on: Bench, code = 1) {
  const ended = await on.run().ended;
  assertCode(ended, code);
  assert.equal(ended.json().state, 'FAILED');
  assert.deepEqual(order(on), []);
  await on.assertAllIsWell();
  assert.match(ended.stderr, /was not paused/);
  return ended;
}

const kinds = [
  { kind: 'failed', does: 'says that its backup has failed' },
  { kind: 'incompleteForEver', does: 'never completes its backup' },
  { kind: 'vanishes', does: 'forgets its backup' },
  { kind: 'partial', does: 'ends its backup as partial' },
] as const;
const components: { camunda: '8.7' | '8.8'; names: ComponentName[] }[] = [
  { camunda: '8.8', names: ['zeebe', 'webApplications', 'optimize', 'records'] },
  { camunda: '8.7', names: ['operate', 'tasklist'] },
];

type Urls = Simulator['urls'];
type Changed = Record<string, unknown>;
const withRest = ({ zeebe, rest }: Urls) => ({ zeebe: { url: zeebe, rest: { url: rest } } });
const withBrokers = ({ zeebe, brokers }: Urls) => ({ zeebe: { url: zeebe, brokers } });

interface Check {
  where: string;
  cluster?: Partial<SimulatorOptions>;
  settings?: (urls: Urls) => Changed;
  /** What goes wrong in the cluster. */
  trouble: (simulator: Simulator) => void;
  says: RegExp;
}

const checks: Check[] = [
  {
    where: 'the brokers are being changed',
    trouble: (on) => on.setPendingChange(true),
    says: /Check brokers: .*change 2 is IN_PROGRESS/,
  },
  {
    where: 'a broker is leaving',
    cluster: { brokers: 3 },
    settings: withBrokers,
    trouble: (on) => on.setMemberState('LEAVING', { broker: 2 }),
    says: /Check brokers: broker 2 is LEAVING/,
  },
  {
    where: 'a broker is dead and still ACTIVE',
    cluster: { brokers: 3 },
    settings: withBrokers,
    trouble: (on) => on.stopBroker(2),
    says: /Check brokers: Zeebe cannot be reached: GET http:\/\/127\.0\.0\.1:\d+\/actuator\/partitions failed/,
  },
  {
    where: 'the processor of a partition has failed',
    trouble: (on) => on.setProcessorPhase('FAILED', 2),
    says: /Check partitions: the stream processor of partition 2 is FAILED/,
  },
  {
    where: 'the gateway calls a partition unhealthy (8.6 brokers do not say it)',
    cluster: { camunda: '8.6' },
    settings: withRest,
    trouble: (on) => on.setHealth('UNHEALTHY', { partition: 3 }),
    says: /Check partitions: partition 3 \(leader\) is UNHEALTHY/,
  },
  {
    where: 'a component takes a backup of somebody else',
    trouble: (on) => on.seedBackup('webApplications', 41, 'IN_PROGRESS'),
    says: /Check components: Web applications at .* is taking the backup 41 .*this ledger does not know: another ledger/,
  },
  {
    where: 'the exporters are further behind than maxExporterLag',
    settings: () => ({ maxExporterLag: 10 }),
    trouble: (on) => on.setExporterLag(60),
    says: /Check exporterLag: the exporters of partition 1 are 60 records behind/,
  },
];

describe('A backup that fails', () => {
  describe('A cluster that refuses a backup', () => {
    test('A pause that is answered with 200 and the inner status 500 fails the backup, and whatever it paused is resumed', async () => {
      const on = await bench();
      on.simulator.order({
        operation: 'zeebe.pause',
        times: 'always',
        kind: { recorded: 'exporting-500-wrapper' },
      });
      const { failure } = await fail(on);
      assert.equal(failure.error, 'PauseFailed');
      assert.match(failure.message, /inner status 500.*Leader -2/);
      assert.deepEqual(order(on), ['zeebe.pause', 'zeebe.resume']);
      await on.assertAllIsWell();
    });

    test('A pause that is done and never answered fails the backup, and is ended', async () => {
      const on = await bench();
      on.simulator.order({ operation: 'zeebe.pause', times: 'always', kind: 'lostAnswer' });
      await fail(on);
      assert.ok(on.simulator.pauseHistory().length > 0);
      await on.assertAllIsWell();
    });

    for (const phase of ['SOFT_PAUSED', 'PAUSED'] as const) {
      test(`A backup is refused where somebody else has paused exporting (${phase}), and leaves that as it is`, async () => {
        const on = await bench();
        on.simulator.setExporterPhase(phase);
        const ended = await on.run().ended;
        assertCode(ended, 1);
        assert.equal(ended.json().failure?.error, 'ExportingAlreadyPaused');
        assert.deepEqual(order(on), []);
        assert.ok(on.simulator.exporterPhases().every((replica) => replica.phase === phase));
        assert.match(ended.stderr, /Check exporting: .*not by this run/);
        assert.match(ended.stderr, /was not paused/);
        assert.equal(await on.lock(), undefined, 'the lock is left');
      });
    }

    test('A backup fails where somebody pauses exporting after its look and before its own pause, and leaves that as it is', async () => {
      // The applications first: that leaves the time.
      const on = await bench({ camunda: '8.7' });
      const running = on.run();
      await on.asked('operate.start');
      on.simulator.setExporterPhase('SOFT_PAUSED');
      const ended = await running.ended;
      assertCode(ended, 1);
      assert.equal(ended.json().failure?.error, 'ExportingAlreadyPaused');
      assert.equal(on.simulator.calls({ operation: 'zeebe.pause' }).length, 0);
      assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 0);
      assert.equal(ended.json().pausedSeconds, 0);
    });

    test('A backup fails where somebody else takes one under a higher id first, and names that id', async () => {
      const on = await bench();
      const taken = on.run();
      // After the list was read, and before Zeebe is asked.
      await on.asked('zeebe.pause');
      const ahead = Math.floor(Date.now() / 1000) + 5000;
      on.simulator.seedBackup('zeebe', ahead);
      const ended = await taken.ended;
      assertCode(ended, 1);
      assert.match(ended.json().failure?.message ?? '', new RegExp(`${ahead}`));
      await on.assertAllIsWell();
    });

    test('A backup fails where a component has one of the same id that is not its own', async () => {
      const on = await bench();
      const running = on.run('--id', '77');
      await on.asked('zeebe.pause');
      for (const component of ['optimize', 'records', 'zeebe'] as const) {
        if (on.simulator.backupIds(component).length === 0) on.simulator.seedBackup(component, 77);
      }
      const ended = await running.ended;
      assertCode(ended, 1);
      assert.equal(ended.json().failure?.error, 'BackupNotOurs');
      await on.assertAllIsWell();
    });

    test('A backup is refused where no index matches the prefix of the records', async () => {
      const on = await bench({}, (cluster) => ({ ...cluster, records: { indexPrefix: 'nothing-here' } }));
      const { stderr } = await refuse(on);
      assert.match(stderr, /nothing-here\*/);
      assert.match(stderr, /records\.indexPrefix/);
    });

    test('A backup is refused where the snapshot repository is gone', async () => {
      const on = await bench();
      on.simulator.removeRepository();
      assert.match((await refuse(on)).stderr, /The snapshot repository camunda is not registered/);
    });

    test('A backup is refused where Zeebe has no backup store', async () => {
      const on = await bench({ storeConfigured: false });
      assert.match((await refuse(on)).stderr, /zeebe\.broker\.data\.backup\.store/);
    });

    for (const { where, cluster, settings, trouble, says } of checks) {
      test(`A backup is refused by a check before its pause where ${where}`, async () => {
        const on = await bench(cluster);
        await on.configure((written) => ({ ...written, ...settings?.(on.simulator.urls) }));
        trouble(on.simulator);
        const { stderr } = await refuse(on);
        assert.match(stderr, says);
        assert.match(stderr, /What to do: /);
      });
    }

    test('A backup completes where the checks only warn, and the warnings are in its manifest', async () => {
      const on = await bench({}, (cluster) => ({
        ...cluster,
        maxExporterLag: 10,
        checks: { exporterLag: 'warn', brokers: 'warn' },
      }));
      on.simulator.setExporterLag(60);
      on.simulator.setPendingChange(true);
      const ended = await on.run().ended;
      assertCode(ended, 0);
      const { warnings } = await on.manifest();
      assert.deepEqual(
        warnings.map((warning) => warning.split(': ')[0]),
        ['Check brokers', 'Check exporterLag'],
      );
      assert.match(ended.stderr, /Warning: Check brokers: /);
      await on.assertAllIsWell();
    });

    test('A backup is refused where a url leads to a web page, with the port that is meant', async () => {
      const on = await bench();
      await on.configure((cluster) => ({ ...cluster, webApplications: { url: on.simulator.urls.web } }));
      const { stderr } = await refuse(on);
      assert.match(stderr, /Web applications .* HTML page: this is a web port, not the management port/);
      assert.match(stderr, /9600/);
    });

    test('A backup is refused where the password is wrong', async () => {
      const on = await bench({ managementAuth: { username: 'backup', password: 'right' } });
      assert.match((await refuse(on)).stderr, /401|auth/);
    });
  });

  describe('A component whose backup goes wrong', () => {
    for (const { camunda, names } of components) {
      for (const component of names) {
        for (const { kind, does } of kinds.filter((one) => courses[component].includes(one.kind))) {
          test(`A backup fails, and exporting is resumed, where ${titles[component]} ${does}`, async () => {
            // Another try would be good.
            const on = await bench({ camunda }, (cluster) => ({ ...cluster, attempts: 1 }));
            const course: CourseKind = kind === 'failed' ? { failed: { reason: 'disk full' } } : kind;
            on.simulator.order({ component, kind: course });
            const { failure, result } = await fail(on);
            assert.equal(on.simulator.pausedSince(), undefined);
            assert.ok(failure.message.includes(titles[component]), failure.message);
            if (kind === 'failed' && component === 'zeebe') assert.match(failure.message, /disk full/);
            assert.equal(result.components.find((one) => one.component === component)?.state, 'FAILED');
          });
        }
      }
    }
  });
});
