/**
 * Applies `filter_path`, a list of paths in which `*` matches any name, to an answer. As in the recordings, it omits
 * objects and lists that become empty.
 */
export function filtered(body: unknown, filterPath: string): unknown {
  const paths = filterPath.split(',').map((path) => path.split('.'));
  return keep(body, paths) ?? {};
}

function keep(value: unknown, paths: string[][]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => keep(item, paths)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const below = paths.filter(([first]) => first === '*' || first === key).map(([, ...rest]) => rest);
    const left = below.length > 0 ? keep(inner, below) : undefined;
    return left === undefined ? [] : [[key, left]];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
