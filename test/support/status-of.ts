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

/** What `status --json` of any version says of the only cluster. */
export const statusOf = ({ stdout }: Ended) => statusResult.parse(JSON.parse(stdout)).clusters[0];
