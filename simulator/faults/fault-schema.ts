import * as z from 'zod';
import { componentNames, operations } from '../operations.ts';
import { isRecorded, type RecordedName } from '../recorded.ts';
import type { Fault } from './faults.ts';

const recorded = z.custom<RecordedName>((name) => typeof name === 'string' && isRecorded(name));
const strikes = {
  times: z.union([z.number().int().positive(), z.literal('always')]).exactOptional(),
  skip: z.number().int().nonnegative().exactOptional(),
};

const noKind = { error: 'is not a kind of fault that this can have: README.md lists them' };

const callFault = z.strictObject({
  operation: z.union([z.enum(operations), z.array(z.enum(operations))], {
    error: `is none of ${operations.join(', ')}`,
  }),
  ...strikes,
  kind: z.union(
    [
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
    ],
    noKind,
  ),
});

const courseFault = z.strictObject({
  component: z.enum(componentNames, { error: `is none of ${componentNames.join(', ')}` }),
  ...strikes,
  kind: z.union(
    [
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
    ],
    noKind,
  ),
});

/** A fault as JSON on the command line, which affects either a call or the course of a component's backup. */
export const faultSchema = z
  .record(z.string(), z.unknown(), { error: 'is not a JSON object' })
  .transform((fault, context): Fault => {
    const read = ('component' in fault ? courseFault : callFault).safeParse(fault);
    if (read.success) return read.data;
    for (const issue of read.error.issues) {
      const { path, message } = issue;
      context.addIssue({
        code: 'custom',
        path,
        message:
          issue.code === 'unrecognized_keys'
            ? `has ${issue.keys.join(', ')}, which faults do not have`
            : message,
      });
    }
    return z.NEVER;
  });
