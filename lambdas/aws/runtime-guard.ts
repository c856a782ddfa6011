import { Logger } from '@aws-lambda-powertools/logger';
import type { Context as LambdaContext } from 'aws-lambda';
import { describe } from '../../core/errors.ts';
import type { Verdict } from '../guard/guard-running-backups.ts';
import { type Addressee, addressee } from '../guard/request.ts';
import type { GuardWorld } from '../guard/world.ts';
import { answer } from './answer.ts';
import { guardWorld } from './guard-world.ts';

const logger = new Logger();

type Guard = (world: GuardWorld) => (event: unknown) => Promise<Verdict>;

/**
 * Deploys the guard. CloudFormation calls it asynchronously and waits for the answer, so every request is answered, even
 * if the guard itself fails. Lambda repeats a call whose answer CloudFormation did not take.
 */
export function deploy(work: Guard, world = guardWorld) {
  const judge = async (event: unknown, { RequestType }: Addressee): Promise<Verdict> => {
    try {
      return await work(world())(event);
    } catch (error) {
      logger.error(describe(error));
      // A creation and a deletion may belong to a first deployment, which must never be blocked.
      if (RequestType !== 'Update') return {};
      return { refused: `The guard of running backups has failed: ${describe(error)}` };
    }
  };
  return async (event: unknown, lambda: LambdaContext): Promise<void> => {
    logger.addContext(lambda);
    const to = addressee.parse(event);
    const verdict = await judge(event, to);
    logger.info('answered', { request: to.RequestType, resource: to.LogicalResourceId, ...verdict });
    await answer(to, verdict);
  };
}
