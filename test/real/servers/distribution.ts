import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the servers are started from, in the layout of 8.6. */
const needed = ['lib', join('config', 'log4j2.xml'), join('config', 'application.yaml')];

export interface Distribution {
  home: string;
}

/**
 * Camunda's distribution, where somebody has one: it is under the vendor's own terms, so that nothing here fetches it.
 * Answers a sentence where there is none.
 */
export function findDistribution(home = process.env['CAMUNDA_HOME']): Distribution | string {
  if (!home) {
    return 'This would back up a real Camunda 8.6 and kill its servers meanwhile, and is skipped because CAMUNDA_HOME names no distribution of it: that is under its vendor’s own terms, and nothing here fetches it';
  }
  const missing = needed.filter((part) => !existsSync(join(home, part)));
  if (missing.length === 0) return { home };
  return `This would back up a real Camunda 8.6 and kill its servers meanwhile, and is skipped because CAMUNDA_HOME (${home}) is not a distribution of Camunda 8.6: it has no ${missing.join(' and no ')}`;
}
