import type { Context } from '../context.ts';
import { describe } from '../errors.ts';

/**
 * Calls a cluster's ping URL as healthchecks.io defines it: `URL/start`, `URL`, `URL/fail`. An unreachable monitor must
 * not fail a backup, and it notices a missing call by itself. Returns the problem, or undefined if there was none.
 */
export async function ping(
  cluster: string,
  when: 'start' | 'success' | 'fail',
  { config, http }: Pick<Context, 'config' | 'http'>,
): Promise<string | undefined> {
  try {
    const url = (await config()).clusters[cluster]?.ping;
    if (!url) return undefined;
    const path = when === 'success' ? url : `${url}/${when}`;
    const { status } = await http({ method: 'GET', url: path, timeoutSeconds: 5 });
    return status < 400 ? undefined : `${path} answered ${status}`;
  } catch (error) {
    return describe(error);
  }
}
