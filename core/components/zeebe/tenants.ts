import * as z from 'zod';

/**
 * Physical tenants, from 8.10 on. Each has its own partitions, whose ids begin at 1, so an answer about all tenants has
 * several partitions with the same id. A cluster without configured tenants names one, `default`. The documentation and
 * the servers use two different fields for the name of a tenant.
 */
const name = z.string().nullish().catch(undefined);

/** The fields of a partition that name its tenant. */
export const tenantOfPartition = { physicalTenant: name, physicalTenantId: name };

/** The list of tenants in the answers of the cluster and of each broker. */
export const tenantList = z
  .array(z.object({ id: name, physicalTenantId: name }))
  .nullish()
  .catch(undefined);

interface Named {
  id?: string | number | null | undefined;
  physicalTenant?: string | null | undefined;
  physicalTenantId?: string | null | undefined;
}

/** Collects names of tenants from lists of tenants, where `id` is the name, and of partitions, where it is a number. */
export function tenantsIn(...lists: (Named[] | null | undefined)[]): string[] {
  const names = lists
    .flatMap((list) => list ?? [])
    .map(({ id, physicalTenant, physicalTenantId }) => {
      const named = physicalTenant ?? physicalTenantId;
      return named ?? (typeof id === 'string' ? id : undefined);
    });
  return [...new Set(names.filter((one) => one !== undefined))];
}
