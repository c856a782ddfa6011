import * as z from 'zod';
import { checks } from './checks.ts';
import { components } from './components.ts';
import { limits } from './limits.ts';
import { schedule } from './schedules.ts';
import { fetched } from './url.ts';
import { verify } from './verify.ts';

/** The settings of one cluster: its components, its schedules, its checks and its limits. */
export const cluster = z
  .strictObject({
    version: z
      .string({ error: 'is not a version in quotes' })
      .regex(/^\d+\.\d+(\.\d+)?(-\S+)?$/, 'is not a version')
      .optional()
      .meta({ example: '"8.8"' }),
    ...components,
    ...limits,
    checks: checks.prefault({}).meta({ example: '{ exporterLag: warn }' }),
    verify: verify.prefault({}).meta({ example: '{ require: [components, snapshots, partitions] }' }),
    /** Only a deployment has schedules. */
    schedules: z.array(schedule).default([]),
    /** This URL is called at the start (`/start`), on success, and on failure (`/fail`), as healthchecks.io defines it. */
    ping: fetched.optional().meta({ example: 'https://hc-ping.com/00000000-0000-0000-0000-000000000000' }),
  })
  .refine(({ records, search }) => !records || search, {
    path: ['search'],
    error: 'is missing: `records` are backed up by the search engine',
    when: isObject,
  })
  .refine(({ webApplications, operate, tasklist }) => !webApplications || !(operate || tasklist), {
    path: ['webApplications'],
    error:
      'stands beside operate or tasklist: 8.8 and later have webApplications, earlier versions the other two',
    when: isObject,
  });

/** These two are checked even if there are other mistakes, so that all are reported at once. */
function isObject({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
