import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { runningTask } from '../../../core/backup/plan.ts';
import { target, targetIn, targetsIn } from '../../../core/components/target.ts';

const run = { cluster: 'production', backupId: 1763715600, runId: 'run-1' };
const limits = { patienceSeconds: 300, timeoutSeconds: 86400, maxPauseSeconds: 21600 };
const progress = {
  state: 'IN_PROGRESS',
  startedAt: '2026-11-21T09:00:00.000Z',
  nextCheckAt: '2026-11-21T09:00:01.000Z',
  partsDone: 0,
};

/** As the functions of 0.1.0 wrote them into an execution: literal JSON, which must be read as it is. */
const oldTargets = [
  {
    kind: 'zeebe',
    json: '{"component":"zeebe","url":"http://zeebe:9600","path":"backupRuntime","version":"8.8.3","partitions":3,"expectedSeconds":12.5}',
  },
  {
    kind: 'application',
    json: '{"component":"webApplications","url":"http://zeebe:9600","auth":{"username":"backup","password":{"env":"PASSWORD"}},"path":"backupHistory"}',
  },
  { kind: 'application', json: '{"component":"operate","url":"http://operate:9600","path":"backups"}' },
  { kind: 'application', json: '{"component":"tasklist","url":"http://tasklist:9600","path":"backups"}' },
  { kind: 'application', json: '{"component":"optimize","url":"http://optimize:8092","path":"backups"}' },
  {
    kind: 'records',
    json: '{"component":"records","engine":"elasticsearch","url":"http://es:9200","repository":"camunda","version":"elasticsearch 8.16.6","indexPattern":"zeebe-record*"}',
  },
] as const;

describe('The target of a plan', () => {
  for (const { kind, json } of oldTargets) {
    test(`A task of a plan that knows no kind is read as one of the kind ${kind}: ${json.slice(0, 30)}`, () => {
      const old: unknown = JSON.parse(json);
      const task = runningTask(target).parse({ run, target: old, limits, progress });
      assert.deepEqual(task.target, { kind, ...Object(old) });
      assert.deepEqual(target.parse(task.target), task.target, 'it is read again');
    });
  }

  for (const { what, input } of [
    {
      what: 'of a component that is not known',
      input: { component: 'identity', url: 'http://identity:8080' },
    },
    {
      what: 'of a kind that is not known',
      input: { kind: 'database', component: 'zeebe', url: 'http://zeebe:9600', path: 'backups' },
    },
    {
      what: 'of another kind than its component',
      input: { kind: 'application', component: 'zeebe', url: 'http://zeebe:9600', path: 'backups' },
    },
    { what: 'that is no object', input: 'zeebe' },
    {
      what: 'with a secret in it',
      input: { component: 'optimize', url: 'http://o', path: 'backups', password: 'x' },
    },
  ] as const) {
    test(`A target ${what} is refused`, () => {
      assert.equal(target.safeParse(input).success, false);
    });
  }
});

describe('The stage of a target', () => {
  const all = oldTargets.map(({ json }) => target.parse(JSON.parse(json)));
  for (const { stage, components } of [
    { stage: 'applications', components: ['webApplications', 'operate', 'tasklist', 'optimize'] },
    { stage: 'records', components: ['records'] },
    { stage: 'zeebe', components: ['zeebe'] },
  ] as const) {
    test(`A plan may have in its list ${stage} what is backed up in this stage, and nothing else`, () => {
      const accepted = all.filter((one) => targetIn(stage).safeParse(one).success);
      assert.deepEqual(accepted.map(({ component }) => component).toSorted(), components.toSorted());
      assert.deepEqual(targetsIn(stage, all), accepted);
    });
  }

  test('A target in the list of another stage is refused with a reason', () => {
    const { error } = targetIn('applications').safeParse(all[0]);
    assert.match(
      error?.message ?? '',
      /A target of the kind zeebe is not backed up in the stage applications/,
    );
  });
});
