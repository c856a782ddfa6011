import * as z from 'zod';
import type { Fault } from './faults.ts';
import { componentNames, operations } from './operations.ts';
import { isRecorded, type RecordedName } from './recorded.ts';

const recorded = z.custom<RecordedName>((name) => typeof name === 'string' && isRecorded(name));
const strikes = {
  times: z.union([z.number().int().positive(), z.literal('always')]).exactOptional(),
  skip: z.number().int().nonnegative().exactOptional(),
};

const callFault = z.strictObject({
  operation: z.union([z.enum(operations), z.array(z.enum(operations))]),
  ...strikes,
  kind: z.union([
    z.enum(['hang', 'reset', 'truncated', 'html', 'lostAnswer']),
    z.strictObject({ recorded }),
    z.strictObject({ slow: z.number().nonnegative() }),
    z.strictObject({ lostAnswer: z.literal('timeout') }),
    z.strictObject({
      answer: z.strictObject({
        status: z.number().int(),
        body: z.unknown().exactOptional(),
        contentType: z.string().exactOptional(),
      }),
    }),
  ]),
});

const courseFault = z.strictObject({
  component: z.enum(componentNames),
  ...strikes,
  kind: z.union([
    z.enum([
      'neverEnds',
      'incompleteForEver',
      'incompatible',
      'flappingIncomplete',
      'notFoundAfterAccept',
      'vanishes',
      'partial',
    ]),
    z.strictObject({
      failed: z.strictObject({
        partition: z.number().int().positive().exactOptional(),
        reason: z.string().exactOptional(),
      }),
    }),
  ]),
});

/** A fault that came as JSON, from a command line. */
export const faultSchema: z.ZodType<Fault> = z.union([callFault, courseFault]);
