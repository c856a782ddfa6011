import type { Context } from '../context.ts';
import { describe } from '../errors.ts';

/**
 * Calls a cluster's ping URL in the convention of healthchecks: `URL/start`, `URL`, `URL/fail`. A monitor that
 * cannot be reached must not fail a backup: it notices by itself that nobody calls. Returns what went wrong.
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
