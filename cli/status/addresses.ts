import type { ClusterConfig } from '../../core/config/schema.ts';

/** The addresses of a cluster, by their names in the configuration. */
export type Addresses = Partial<Record<keyof typeof placeholders, string[]>>;

/** The placeholders of the addresses in the calls that docs/runbook.md shows. */
const placeholders = {
  zeebe: 'ZEEBE',
  brokers: 'BROKER',
  rest: 'REST',
  webApplications: 'WEBAPPS',
  operate: 'OPERATE',
  tasklist: 'TASKLIST',
  optimize: 'OPTIMIZE',
  search: 'SEARCH',
};

export function addressesOf(config: ClusterConfig): Addresses {
  const { zeebe, webApplications, operate, tasklist, optimize, search } = config;
  const one = (part: { url: string } | undefined) => part && [part.url];
  const all = {
    zeebe: [zeebe.url],
    brokers: zeebe.brokers ?? [zeebe.url],
    rest: one(zeebe.rest),
    webApplications: one(webApplications),
    operate: one(operate),
    tasklist: one(tasklist),
    optimize: one(optimize),
    search: one(search),
  };
  return Object.fromEntries(Object.entries(all).filter(([, urls]) => urls !== undefined));
}

/** One line for each address, such as `ZEEBE http://…`. */
export function addressLines(addresses: Addresses): string {
  return Object.entries(placeholders)
    .flatMap(([name, placeholder]) => {
      const urls = Object.entries(addresses).find(([key]) => key === name)?.[1];
      return urls ? [`${placeholder.padEnd(9)} ${urls.join(', ')}`] : [];
    })
    .join('\n');
}
