import * as z from 'zod';

/** The keys and positions that lead to a place in the configuration. */
export type Path = (string | number)[];

/** A place in the configuration: its schema without wrappers such as `optional`, and the value that was read there. */
export interface Place {
  path: Path;
  schema: z.core.$ZodType;
  value: unknown;
}

/**
 * Lists every place of a value that `schema` has read, the outermost first. It follows the schema and not a list of
 * names, so that a new setting cannot be forgotten.
 */
export function placesIn(schema: z.core.$ZodType, value: unknown, path: Path = []): Place[] {
  const inner = unwrap(schema);
  return [
    { path, schema: inner, value },
    ...entriesOf(value).flatMap(([key, below]) => {
      const child = childOf(inner, key);
      return child ? placesIn(child, below, [...path, key]) : [];
    }),
  ];
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((element, index) => [index, element]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The schema of what is below `key`; undefined if the schema does not say. */
export function childOf(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodUnion) {
    const children = schema.options.map((option) => childOf(unwrap(option), key));
    return children.find((child) => child !== undefined);
  }
  return undefined;
}

/** Whether a schema only adds to another one that a value may be missing. */
export function isWrapper(schema: z.core.$ZodType) {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

/** The schema that describes what people write. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (isWrapper(schema)) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in);
  return schema;
}
