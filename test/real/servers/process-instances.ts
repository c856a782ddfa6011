import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, call, mustCall, refused } from './http.ts';

const processId = 'order';
const atOnce = 4;
const patienceMs = 30_000;

export async function deploy(zeebeRest: string): Promise<void> {
  const bpmn = await readFile(new URL('order.bpmn', import.meta.url));
  const body = new FormData();
  body.append('resources', new Blob([bpmn], { type: 'application/xml' }), 'order.bpmn');
  await mustCall(`${zeebeRest}/v2/deployments`, { method: 'POST', body });
}

export async function startInstances(zeebeRest: string, count: number): Promise<void> {
  let started = 0;
  const worker = async () => {
    while (started < count) {
      started += 1;
      await startInstance(zeebeRest, started);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function startInstance(zeebeRest: string, number: number): Promise<void> {
  const url = `${zeebeRest}/v2/process-instances`;
  // The simulator's engine wants to know the order that an instance is for.
  const body = { processDefinitionId: processId, variables: { number, order: randomUUID() } };
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await call(url, { method: 'POST', body });
    if (answer.status === 200) return;
    if (!mayPass(answer) || Date.now() > deadline) throw refused(url, 'POST', answer);
    await sleep(200);
  }
}

/** A partition learns of a deployment a moment after the deployment was answered: 404. Back pressure is 503. */
function mayPass({ status }: Answer): boolean {
  return status === 404 || status === 429 || status === 503;
}
