import type { Work, WorkInstance, WorkJob } from '../../../simulator/camunda/work-endpoint.ts';
import { workRoutes } from '../../../simulator/camunda/work-endpoint.ts';
import { FaultBook } from '../../../simulator/faults/faults.ts';
import { CallLog } from '../../../simulator/http/calls.ts';
import { Address } from '../../../simulator/http/http.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { TestClock } from '../harness.ts';

/** An engine in memory that forgets nothing, with an address and with faults on order. */
export async function serveFakeEngine() {
  const instances: WorkInstance[] = [];
  let jobs: WorkJob[] = [];
  let keys = 0;
  const addJob = ({ key, order }: WorkInstance, step: number) => {
    keys += 1;
    jobs.push({ key: String(keys), processInstanceKey: key, order, step });
  };
  const work: Work = {
    createInstance(order, { jobs: count }) {
      keys += 1;
      const instance: WorkInstance = { key: String(keys), order, state: 'ACTIVE', jobs: count, done: 0 };
      instances.push(instance);
      addJob(instance, 1);
      return instance;
    },
    activateJobs: ({ count }) => jobs.slice(0, count),
    completeJob(key) {
      const job = jobs.find((one) => one.key === key);
      const instance = instances.find((one) => one.key === job?.processInstanceKey);
      if (job === undefined || instance === undefined) return false;
      jobs = jobs.filter((one) => one !== job);
      instance.done = job.step;
      if (job.step < instance.jobs) addJob(instance, job.step + 1);
      else instance.state = 'COMPLETED';
      return true;
    },
    instances: () => instances,
  };
  const faults = new FaultBook();
  const log = new CallLog(new TestClock(), faults);
  const address = new Address(log.handler('rest', workRoutes(work)));
  await address.listen();
  cleanUp(() => address.stop());
  return { url: address.url, instances, faults, address };
}
