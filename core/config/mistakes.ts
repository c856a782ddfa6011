import * as z from 'zod';
import { nearest } from './nearest.ts';
import { childOf, isWrapper, type Path, unwrap } from './walk.ts';

/**
 * A mistake in the configuration as a sentence: the place, what is wrong, and an example of what would be right. The
 * example is taken from the schema at that place.
 */
export interface Mistake {
  path: Path;
  what: string;
}

export function mistakesOf(schema: z.ZodType, error: z.ZodError): Mistake[] {
  return error.issues.flatMap((issue) => mistakesOfIssue(schema, issue));
}

function mistakesOfIssue(schema: z.ZodType, issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysOf(schemaAt(schema, path));
    const free = path.length === 0 ? ' (and what begins with x-, for anchors)' : '';
    return issue.keys.map((key) => {
      const near = nearest(key, allowed);
      const hint = near ? `did you mean ${near}?` : `known here: ${allowed.join(', ')}${free}`;
      return { path: [...path, key], what: `is not a setting; ${hint}` };
    });
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ path, what: inner.message }));
  }
  const example = exampleAt(schema, path);
  return [
    { path, what: `${sentence(issue, schemaAt(schema, path))}${example ? `; for example: ${example}` : ''}` },
  ];
}

/** A sentence for a mistake for which the schema has no message of its own. */
function sentence(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && /undefined/.test(issue.message)) {
    return 'is missing';
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `is ${kindOf(issue.input)}; it must be ${expected(issue.expected, schema)}`;
  if (issue.code === 'invalid_value') return `is none of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return issue.origin === 'number' ? `is below ${issue.minimum}` : 'is empty';
  if (issue.code === 'too_big') return `is above ${issue.maximum}`;
  return issue.message;
}

/** The kind of a value, in the words of YAML. */
function kindOf(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  if (typeof input === 'string') return 'a text';
  return typeof input === 'number' ? 'a number' : 'true or false';
}

function expected(type: string, schema: z.core.$ZodType | undefined): string {
  switch (type) {
    case 'record':
      return 'a mapping of names';
    case 'object':
      return keysOf(schema).includes('url') ? 'a mapping with a url' : 'a mapping of settings';
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    case 'int':
    case 'number':
      return 'a number';
    default:
      return 'a text, in quotes where it looks like something else';
  }
}

/** The schema at a path; undefined if the schema does not reach that far. */
function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  const [key, ...rest] = path;
  const inner = unwrap(schema);
  if (key === undefined) return inner;
  const next = childOf(inner, key);
  return next && schemaAt(next, rest);
}

/** The example of a place. `optional()` and similar wrappers do not copy it, so this looks inside of them. */
function exampleAt(schema: z.core.$ZodType, path: Path): string | undefined {
  let place: z.core.$ZodType | undefined = schema;
  for (const key of path) place = place && childOf(unwrap(place), key);
  return place && exampleOf(place);
}

function exampleOf(schema: z.core.$ZodType): string | undefined {
  const example = z.globalRegistry.get(schema)?.['example'];
  if (typeof example === 'string') return example;
  if (isWrapper(schema)) return exampleOf(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return exampleOf(schema.def.in);
  return undefined;
}

function keysOf(schema: z.core.$ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
