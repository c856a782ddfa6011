import * as z from 'zod';
import type { Awaitable } from '../awaitable.ts';
import { empty, json, problem } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Route } from '../http/route.ts';
import { jsonText } from '../json.ts';

export interface WorkInstance {
  key: string;
  /** What the caller calls the instance. */
  order: string;
  state: 'ACTIVE' | 'COMPLETED';
  jobs: number;
  /** How many of its jobs are completed. */
  done: number;
}

export interface WorkJob {
  key: string;
  processInstanceKey: string;
  order: string;
  /** 1 for the first job of an instance. */
  step: number;
  /** The instant until which a worker has the job. */
  deadline?: number | undefined;
}

/** An engine with one process, whose instances have some jobs, one after another. */
export interface Work {
  /** Creates an instance for good. */
  createInstance(
    order: string,
    options: { jobs: number; variables: Record<string, unknown> },
  ): Awaitable<WorkInstance>;
  /** Returns jobs that no worker has, and gives them to this one until the timeout. */
  activateJobs(options: { count: number; timeoutMs: number; worker: string }): Awaitable<WorkJob[]>;
  /** Returns whether there was such a job. */
  completeJob(key: string): Awaitable<boolean>;
  /** All instances, including the completed ones. */
  instances(): Awaitable<WorkInstance[]>;
}

/** The process that every engine has deployed. */
const deployed = {
  processDefinitionId: 'order',
  processDefinitionKey: '2251799813685249',
  processDefinitionVersion: 1,
  tenantId: '<default>',
};
const JOB_TYPE = 'work';
const DEFAULT_JOBS = 2;

const creation = z.object({
  processDefinitionId: z.string(),
  variables: z.looseObject({ order: z.string(), jobs: z.int().positive().default(DEFAULT_JOBS) }),
});
const activation = z.object({
  type: z.string(),
  worker: z.string().default('default'),
  timeout: z.int().positive(),
  maxJobsToActivate: z.int().positive(),
});

/**
 * Routes the calls of Camunda's REST API that create process instances and work on their jobs:
 * https://docs.camunda.io/docs/apis-tools/orchestration-cluster-api-rest/orchestration-cluster-api-rest-overview/
 * `GET /simulator/instances` is not Camunda's. It shows tests what the engine itself knows.
 */
export function workRoutes(work: Work): (request: Request) => Route | undefined {
  async function create(request: Request): Promise<Answer> {
    const asked = jsonText.pipe(creation).safeParse(request.body);
    if (!asked.success) return problem(400, request.path, z.prettifyError(asked.error));
    const { processDefinitionId, variables } = asked.data;
    if (processDefinitionId !== deployed.processDefinitionId) {
      return problem(
        404,
        request.path,
        `Expected to find process definition with process ID '${processDefinitionId}', but none found`,
      );
    }
    const { order, jobs } = variables;
    const { key } = await work.createInstance(order, { jobs, variables });
    return json(200, { ...deployed, processInstanceKey: key, variables: {} });
  }

  async function activate(request: Request): Promise<Answer> {
    const asked = jsonText.pipe(activation).safeParse(request.body);
    if (!asked.success) return problem(400, request.path, z.prettifyError(asked.error));
    const { type, worker, maxJobsToActivate, timeout } = asked.data;
    const wanted = { count: maxJobsToActivate, timeoutMs: timeout, worker };
    const jobs = type === JOB_TYPE ? await work.activateJobs(wanted) : [];
    return json(200, { jobs: jobs.map((job) => jobBody(job, worker)) });
  }

  async function complete(request: Request, key: string): Promise<Answer> {
    if (await work.completeJob(key)) return empty(204);
    return problem(
      404,
      request.path,
      `Expected to complete job with key '${key}', but no such job was found`,
    );
  }

  return (request) => {
    const { method, path } = request;
    const call = `${method} ${path}`;
    if (call === 'POST /v2/process-instances') return { operation: 'zeebe.createInstance', handle: create };
    if (call === 'POST /v2/jobs/activation') return { operation: 'zeebe.activateJobs', handle: activate };
    const key = /^POST \/v2\/jobs\/(\d+)\/completion$/.exec(call)?.[1];
    if (key !== undefined) return { operation: 'zeebe.completeJob', handle: (r) => complete(r, key) };
    if (call !== 'GET /simulator/instances') return undefined;
    return { operation: 'simulator.instances', handle: async () => json(200, await work.instances()) };
  };
}

function jobBody({ key, processInstanceKey, step, deadline }: WorkJob, worker: string) {
  return {
    ...deployed,
    jobKey: key,
    type: JOB_TYPE,
    kind: 'BPMN_ELEMENT',
    listenerEventType: 'UNSPECIFIED',
    processInstanceKey,
    elementId: `task-${step}`,
    elementInstanceKey: key,
    worker,
    retries: 3,
    deadline,
    customHeaders: {},
    variables: {},
  };
}
