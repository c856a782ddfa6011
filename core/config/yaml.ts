import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { describe } from '../errors.ts';

/** An error in the text of a file, and its place. Lines and columns are counted from 1. */
interface Misprint {
  line: number;
  column: number;
  what: string;
}

export interface YamlFile {
  /** The content as plain data. */
  plain: unknown;
  misprints: Misprint[];
  /** The line of the last key of a path that exists in the file. */
  lineOf(path: (string | number)[]): number;
}

/**
 * Reads YAML. It omits settings whose names begin with `x-`: they are a place for values that aliases (`*anchor`) and
 * merge keys (`<<: *anchor`) repeat elsewhere.
 */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number, what: string): Misprint => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, what };
  };
  const lineOf = (path: (string | number)[]) => lineIn(document, path, lines);
  if (text.includes('\0')) {
    return {
      plain: {},
      misprints: [{ line: 1, column: 1, what: 'this is not a text file' }],
      lineOf,
    };
  }
  const variables = variablesIn(text).map(({ offset, what }) => at(offset, what));
  // YAML also uses braces, so that after the first variable the parser only reports errors about its braces.
  const [first] = variablesIn(text);
  const errors = document.errors
    .filter(({ pos: [offset] }) => first === undefined || offset < first.offset)
    .map((error) => at(error.pos[0], mistakeIn(error, text)));
  const misprints = [...onePerLine(errors), ...variables, ...aliasesWithoutAnchor(document, at)];
  if (misprints.length > 0) return { plain: {}, misprints, lineOf };
  try {
    return { plain: withoutExtensions(document.toJS() ?? {}), misprints, lineOf };
  } catch (error) {
    // Aliases can make a small file expand to a very large one.
    return { plain: {}, misprints: [{ line: 1, column: 1, what: describe(error) }], lineOf };
  }
}

/** Finds `${NAME}` anywhere, and `$NAME` at the beginning of a value. Comments may contain both. */
const variable = /\$\{([^}\n]*)\}?|(?<=(?:[:[,{-]\s|^)\s*["']?)\$([A-Za-z_]\w*)/gm;
const comment = /(^|\s)#.*$/gm;

function variablesIn(text: string): { offset: number; what: string }[] {
  const told = text.replace(comment, (found) => ' '.repeat(found.length));
  return [...told.matchAll(variable)].map(({ 0: found, 1: braced, 2: plain, index }) => {
    const name = /^\w+/.exec(braced ?? plain ?? '')?.[0] ?? 'NAME';
    return {
      offset: index,
      what: `${found} is not expanded: this file knows no variables. Write the value itself, or for a secret { env: ${name} }`,
    };
  });
}

/** The parser's message in words for people who do not know how a parser works. */
function mistakeIn({ code, message, pos: [offset] }: YAMLError, text: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'this line is indented with a tab: write spaces';
    case 'DUPLICATE_KEY':
      return `the setting \`${keyAt(text, offset)}\` is there twice`;
    case 'MULTIPLE_DOCS':
      return 'a second document (---) begins here, and only one is read';
    default:
      return `this is not valid YAML: ${message.trim()}`;
  }
}

function keyAt(text: string, offset: number): string {
  const [, ...found] = /^(?:"([^"\n]*)"|'([^'\n]*)'|([^\s:]+))/.exec(text.slice(offset)) ?? [];
  return found.find((one) => one !== undefined) ?? '';
}

/** Further errors in a line are usually consequences of its first one. */
function onePerLine(misprints: Misprint[]): Misprint[] {
  return misprints.filter(({ line }, index) => misprints.findIndex((one) => one.line === line) === index);
}

function aliasesWithoutAnchor(document: Document, at: (offset: number, what: string) => Misprint) {
  const found: Misprint[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) {
        found.push(at(alias.range?.[0] ?? 0, `*${alias.source} has no anchor &${alias.source} before it`));
      }
    },
  });
  return found;
}

function withoutExtensions(plain: unknown): unknown {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return plain;
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !key.startsWith('x-')));
}

function lineIn(document: Document, path: (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const node = pair ? pair.key : isSeq(parent) ? parent.get(Number(key), true) : undefined;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
