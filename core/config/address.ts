import * as z from 'zod';
import { type Address, connectionSettings } from '../connect/address.ts';
import { type SecretForm, type SecretRef, secretPlaces, secretRef } from '../connect/secrets.ts';
import { type Path, type Place, placesIn } from './walk.ts';

/** An address, and where it is configured. */
export interface ConfiguredAddress extends Address {
  path: Path;
}

/**
 * Finds every address in a value that `schema` has read. A place counts as an address if its schema has the settings of
 * a connection.
 */
export function addressesIn(schema: z.core.$ZodType, value: unknown): ConfiguredAddress[] {
  return placesIn(schema, value)
    .filter(isAddress)
    .map(({ path, value: found }) => ({ path, ...connected.parse(found) }));
}

const connected = z.object({ url: z.string(), ...connectionSettings });

function isAddress({ schema }: Place): boolean {
  return (
    schema instanceof z.ZodObject && Object.keys(connectionSettings).some((name) => name in schema.shape)
  );
}

/** A secret that the configuration names. */
export interface NamedSecret {
  path: Path;
  ref: SecretRef;
  form: SecretForm;
}

/** Finds every secret that is named in a value that `schema` has read. */
export function secretsIn(schema: z.core.$ZodType, value: unknown): NamedSecret[] {
  return placesIn(schema, value).flatMap(({ path, schema: place, value: found }) => {
    const known = secretPlaces.get(place);
    // Certificates may be in a file, which is named by its path and is no secret.
    return known && typeof found !== 'string'
      ? [{ path, ref: secretRef.parse(found), form: known.form }]
      : [];
  });
}
