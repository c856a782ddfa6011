import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';

/** Names what the configured users may not do. */
export function permissions({ lacking, checks }: DoctorFacts): Diagnosis[] {
  return lacking.map(({ subject, privilege, because }) => ({
    name: 'permissions',
    severity: 'warning',
    subject,
    says: `${subject === 'search' ? `The user at ${checks.config.search?.url ?? 'the search engine'}` : 'The user of the REST API'} lacks ${privilege}: ${because}`,
    remedy: `Grant ${privilege} to that user.`,
  }));
}
