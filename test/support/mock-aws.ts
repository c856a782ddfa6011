import type { Client, Command, MetadataBearer } from '@smithy/types';
import { mockClient } from 'aws-sdk-client-mock';
import { cleanUp } from './clean-up.ts';

/** A client, or the class of all clients of its kind. */
type Mockable<In extends object, Out extends MetadataBearer, Settings> =
  | Client<In, Out, Settings>
  | { prototype: Client<In, Out, Settings> };

/**
 * Answers the commands of a client of AWS until the test ends. A command without an answer is refused. This wraps
 * aws-sdk-client-mock, which has no types for functions that answer.
 */
export function mockAws<In extends object, Out extends MetadataBearer, Settings>(
  client: Mockable<In, Out, Settings>,
) {
  type Asked = Client<In, Out, Settings>;
  const stub = mockClient(client);
  cleanUp(() => stub.restore());
  stub.rejects('This test does not say what AWS answers to this command.');
  return {
    /** If one command has two answers, the later one counts. */
    on: <CommandIn extends In, CommandOut extends Out>(
      command: new (input: CommandIn) => Command<In, CommandIn, Out, CommandOut, Settings>,
    ) => ({
      callsFake(
        answer: (input: CommandIn, asked: Asked) => Partial<CommandOut> | Promise<Partial<CommandOut>>,
      ): void {
        stub.on(command).callsFake(async (input, asked) => answer(input, asked()));
      },
    }),
  };
}

/** The error that the SDK throws if AWS refuses a command. */
export function refusal({ name, message, status = 400 }: { name: string; message: string; status?: number }) {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}
