import * as z from 'zod';

/**
 * Physical tenants (8.10): each has partitions of its own, whose ids begin at 1, so that answers about all tenants have
 * several partitions of one id. A cluster without tenants of its own names one, `default`. The field that names a
 * tenant has two names in documentation and answers.
 */
const name = z.string().nullish().catch(undefined);

/** The fields of a partition that name its tenant. */
export const tenantOfPartition = { physicalTenant: name, physicalTenantId: name };

/** A list of tenants, as the cluster and each broker have it. */
export const tenantList = z
  .array(z.object({ id: name, physicalTenantId: name }))
  .nullish()
  .catch(undefined);

interface Named {
  id?: string | number | null | undefined;
  physicalTenant?: string | null | undefined;
  physicalTenantId?: string | null | undefined;
}

/** The names of all tenants in some lists: of tenants, where `id` is the name, or of partitions, where it is a number. */
export function tenantsIn(...lists: (Named[] | null | undefined)[]): string[] {
  const names = lists
    .flatMap((list) => list ?? [])
    .map(({ id, physicalTenant, physicalTenantId }) => {
      const named = physicalTenant ?? physicalTenantId;
      return named ?? (typeof id === 'string' ? id : undefined);
    });
  return [...new Set(names.filter((one) => one !== undefined))];
}
