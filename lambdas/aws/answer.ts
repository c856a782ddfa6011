import { type Clock, systemClock } from '../../core/clock.ts';
import type { Verdict } from '../guard/guard-running-backups.ts';
import type { Addressee } from '../guard/request.ts';

/** The waits between the attempts. With a time limit of 5 s for each attempt, they take less than half a minute. */
const waitsMs = [500, 1000, 2000];

/**
 * Answers a request of CloudFormation with a PUT to its presigned URL:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 * The physical id never changes, because CloudFormation would delete the old resource after a change. Throws if the URL
 * takes no answer.
 */
export async function answer(to: Addressee, { refused }: Verdict, clock: Clock = systemClock): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = to;
  const body = JSON.stringify({
    Status: refused === undefined ? 'SUCCESS' : 'FAILED',
    ...(refused === undefined ? {} : { Reason: refused }),
    StackId,
    RequestId,
    LogicalResourceId,
    PhysicalResourceId,
  });
  for (const [attempt, wait] of [...waitsMs.entries(), [waitsMs.length, undefined] as const]) {
    try {
      await put(ResponseURL, body);
      return;
    } catch (error) {
      if (wait === undefined) {
        throw new Error(`CloudFormation took no answer in ${attempt + 1} attempts`, { cause: error });
      }
      await clock.sleep(wait);
    }
  }
}

async function put(url: string, body: string): Promise<void> {
  const { ok, status } = await fetch(url, {
    method: 'PUT',
    // The signature of the URL covers an empty content type, and fetch would add one for a text.
    body: Buffer.from(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!ok) throw new Error(`HTTP ${status}`);
}
