import * as z from 'zod';
import { smallMemory } from '../../lambdas/definition.ts';
import { handler } from '../../lambdas/handler.ts';
import { call, catchAll, retryShortly } from '../../statemachine/blocks.ts';
import { procedure } from '../../statemachine/procedure.ts';
import { definition } from '../../statemachine/states.ts';

const request = z.strictObject({ whom: z.string().min(1) });

/** A procedure that has nothing in common with a backup. */
export const greeting = procedure({
  name: 'Greeting',
  description: 'Greets somebody, after a while',
  definition: definition({
    Comment: 'A second state machine.',
    StartAt: 'WaitForAWhile',
    TimeoutSeconds: 60,
    States: {
      WaitForAWhile: { Type: 'Wait', Seconds: 30, Next: 'Greet' },
      Greet: {
        ...call('Greet', '$'),
        TimeoutSeconds: 60,
        OutputPath: '$.Payload',
        Retry: retryShortly(),
        Catch: catchAll('$.failure', 'NobodyGreeted'),
        Next: 'Greeted',
      },
      Greeted: { Type: 'Succeed' },
      NobodyGreeted: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  }),
  functions: {
    Greet: {
      work: handler(request, async ({ whom }) => ({ greeting: `Good morning, ${whom}` })),
      definition: {
        file: 'greeting/greet.ts',
        description: 'Greets somebody',
        timeoutSeconds: 30,
        memoryMegabytes: smallMemory,
        needs: [],
        ledger: { read: [], write: [] },
      },
    },
  },
  input: request,
});
