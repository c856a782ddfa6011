import * as z from 'zod';
import type { Ended } from './command.ts';

const statusResult = z.object({
  clusters: z.tuple([
    z.object({
      problems: z.array(z.string()),
      run: z.object({ state: z.string(), backupId: z.number().nullable() }).nullable(),
      exporting: z.object({
        paused: z.boolean().nullable(),
        since: z.string().nullable(),
        seen: z.object({ pause: z.string().nullable() }),
        whatToDo: z.array(z.string()),
      }),
      lastCompleted: z.object({ backupId: z.number() }).nullable(),
    }),
  ]),
});

/** The status of the only cluster, as `status --json` of any version prints it. */
export const statusOf = ({ stdout }: Ended) => statusResult.parse(JSON.parse(stdout)).clusters[0];
