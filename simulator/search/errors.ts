import type { SearchEngine } from '../options.ts';
import type { Index } from './indices.ts';

/** An error. Both engines write its type and reason twice, and repeat the status in the body. */
export interface SearchError {
  status: number;
  type: string;
  reason: string;
  /** Other fields, in the order in which the engine writes them. */
  fields?: Record<string, string>;
}

export const errorBody = ({ status, type, reason, fields }: SearchError): unknown => {
  const error = { type, reason, ...fields };
  return { error: { root_cause: [error], ...error }, status };
};

export const repositoryMissing = (repository: string): SearchError => ({
  status: 404,
  type: 'repository_missing_exception',
  reason: `[${repository}] missing`,
});

export const snapshotMissing = (repository: string, name: string): SearchError => ({
  status: 404,
  type: 'snapshot_missing_exception',
  reason: `[${repository}:${name}] is missing`,
});

export function indexNotFound(engine: SearchEngine, index: string): SearchError {
  const resource = { 'resource.type': 'index_or_alias', 'resource.id': index };
  const fields =
    engine === 'elasticsearch'
      ? { ...resource, index_uuid: '_na_', index }
      : { index, 'resource.id': index, 'resource.type': 'index_or_alias', index_uuid: '_na_' };
  return { status: 404, type: 'index_not_found_exception', reason: `no such index [${index}]`, fields };
}

export const indexClosed = ({ name, uuid }: Index): SearchError => ({
  status: 400,
  type: 'index_closed_exception',
  reason: 'closed',
  fields: { index: name, index_uuid: uuid },
});

export const indicesInSnapshot = (doing: 'close' | 'delete', indices: Index[]): SearchError => ({
  status: 400,
  type: 'snapshot_in_progress_exception',
  reason:
    `Cannot ${doing} indices that are being snapshotted: ${withUuids(indices)}. ` +
    'Try again after snapshot finishes or cancel the currently running snapshot.',
});

/** The indices as the engines write them into a reason. */
export const withUuids = (indices: Index[]) =>
  `[${indices.map(({ name, uuid }) => `[${name}/${uuid}]`).join(', ')}]`;

export function nameInUse(engine: SearchEngine, repository: string, name: string): SearchError {
  const elastic = engine === 'elasticsearch';
  return {
    status: 400,
    type: elastic ? 'snapshot_name_already_in_use_exception' : 'invalid_snapshot_name_exception',
    reason: `[${repository}:${name}] Invalid snapshot name [${name}], snapshot with the same name already exists`,
  };
}

/** The error if a name cannot be the name of a snapshot; undefined if it can. */
export function invalidName(engine: SearchEngine, repository: string, name: string): SearchError | undefined {
  const why = whatIsWrong(engine, name);
  if (why === undefined) return undefined;
  const reason = `[${repository}:${name}] Invalid snapshot name [${name}], ${why}`;
  return { status: 400, type: 'invalid_snapshot_name_exception', reason };
}

function whatIsWrong(engine: SearchEngine, name: string): string | undefined {
  if (name.includes(' ')) return 'must not contain whitespace';
  if (name.includes(',')) return "must not contain ','";
  if (name.includes('#')) return "must not contain '#'";
  if (name.startsWith('_')) return "must not start with '_'";
  if (name !== name.toLowerCase()) return 'must be lowercase';
  if (/[*<"\\/|>?]/.test(name)) {
    const forbidden =
      engine === 'elasticsearch'
        ? `['*','<','"',' ','\\','/',',','|','>','?']`
        : '[ , ", *, \\, <, |, ,, >, /, ?]';
    return `must not contain the following characters ${forbidden}`;
  }
  return undefined;
}

export const illegalArgument = (reason: string): SearchError => ({
  status: 400,
  type: 'illegal_argument_exception',
  reason,
});

/** The error for a body that is not JSON. */
export const parseError = (engine: SearchEngine): SearchError => ({
  status: 400,
  type: engine === 'elasticsearch' ? 'x_content_parse_exception' : 'json_e_o_f_exception',
  reason: 'Unexpected end-of-input within/between Object entries',
});

/** The parameters of the query that every endpoint knows. */
export const COMMON_PARAMETERS = ['pretty', 'human', 'error_trace', 'filter_path', 'format'];

export function unrecognized(path: string, parameters: string[]): SearchError {
  const [first] = parameters;
  const reason =
    parameters.length === 1
      ? `request [${path}] contains unrecognized parameter: [${first}]`
      : `request [${path}] contains unrecognized parameters: ${parameters
          .toSorted()
          .map((parameter) => `[${parameter}]`)
          .join(', ')}`;
  return illegalArgument(reason);
}

export function readonlyRepository(
  engine: SearchEngine,
  repository: string,
  doing: 'create' | 'delete',
): SearchError {
  const reasons = {
    create: 'cannot create snapshot in a readonly repository',
    delete:
      engine === 'elasticsearch'
        ? 'repository is readonly'
        : 'cannot delete snapshot from a readonly repository',
  };
  return { status: 500, type: 'repository_exception', reason: `[${repository}] ${reasons[doing]}` };
}
