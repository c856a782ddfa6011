import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import { Kept, newFolder, START, start } from './world.ts';

describe('the engine', () => {
  it('gives the instances to its partitions in turn, with keys of 64 bits that are never rounded', async () => {
    const broker = await start({ partitions: 3 });
    const keys = ['a', 'b', 'c', 'd'].map((order) => broker.createInstance(order).key);
    expect(keys).toEqual(['2251799813685249', '4503599627370497', '6755399441055745', '2251799813685252']);
    const [first] = broker.activateJobs({ count: 10, timeoutMs: 1000 });
    expect(first).toMatchObject({
      key: '2251799813685251',
      processInstanceKey: '2251799813685249',
      order: 'a',
    });
  });

  it('completes an instance with its last job, and shows each step in the records', async () => {
    const kept = new Kept();
    const broker = await start({ exporters: [kept] });
    broker.createInstance('a', { jobs: 2, variables: { amount: 5 } });
    const states: string[] = [];
    for (let step = 1; step <= 2; step += 1) {
      for (const { key } of broker.activateJobs({ count: 10, timeoutMs: 1000 })) {
        expect(broker.completeJob(key)).toBe(true);
        expect(broker.completeJob(key)).toBe(false);
      }
      states.push(...broker.instances().map(({ state, done }) => `${state} ${done}`));
    }
    expect(states).toEqual(['ACTIVE 1', 'COMPLETED 2']);
    await broker.exported();
    expect(
      kept.records.map(({ position, valueType, intent }) => `${position} ${valueType} ${intent}`),
    ).toEqual([
      '1 PROCESS_INSTANCE ELEMENT_ACTIVATED',
      '2 VARIABLE CREATED',
      '3 VARIABLE CREATED',
      '4 JOB CREATED',
      '6 JOB COMPLETED',
      '7 JOB CREATED',
      '9 JOB COMPLETED',
      '10 PROCESS_INSTANCE ELEMENT_COMPLETED',
    ]);
    expect(
      kept.records.map(({ value }) => [value['name'], value['value'], value['order']]).slice(1, 3),
    ).toEqual([
      ['order', '"a"', 'a'],
      ['amount', '5', 'a'],
    ]);
  });

  it('gives a job to another worker only after the time of the first one is over', async () => {
    const clock = new VirtualTime(START);
    const data = newFolder();
    const broker = await start({ data, clock });
    broker.createInstance('a');
    const ask = () => broker.activateJobs({ count: 10, timeoutMs: 1000 }).map(({ key }) => key);
    const first = ask();
    expect(first).toHaveLength(1);
    expect(ask()).toEqual([]);
    await clock.sleep(1000);
    expect(ask()).toEqual(first);
    await broker.close();
    const again = await start({ data, clock });
    expect(again.activateJobs({ count: 10, timeoutMs: 1000 })).toEqual([]);
  });

  it('writes nothing any more after it is closed', async () => {
    const broker = await start();
    await broker.close();
    expect(() => broker.createInstance('a')).toThrow('The broker is stopped.');
  });
});
