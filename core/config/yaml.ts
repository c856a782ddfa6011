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

/** Something that is wrong in the text of a file, and where: lines and columns are counted from 1. */
interface Misprint {
  line: number;
  column: number;
  what: string;
}

export interface YamlFile {
  /** What is in it, as plain data. */
  plain: unknown;
  misprints: Misprint[];
  /** The line of the last key of a path that is in the file. */
  lineOf(path: (string | number)[]): number;
}

/**
 * Reads YAML. Settings whose names begin with `x-` are left out: they are a place for what anchors and aliases repeat,
 * which merge keys (`<<: *anchor`) can take over.
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
      misprints: [{ line: 1, column: 1, what: 'this file is no text' }],
      lineOf,
    };
  }
  const variables = variablesIn(text).map(({ offset, what }) => at(offset, what));
  // The braces of a variable are YAML's own: what the parser says from there on is about them.
  const [first] = variablesIn(text);
  const errors = document.errors
    .filter(({ pos: [offset] }) => first === undefined || offset < first.offset)
    .map((error) => at(error.pos[0], wordsOf(error, text)));
  const misprints = [...onePerLine(errors), ...variables, ...aliasesWithoutAnchor(document, at)];
  if (misprints.length > 0) return { plain: {}, misprints, lineOf };
  try {
    return { plain: withoutExtensions(document.toJS() ?? {}), misprints, lineOf };
  } catch (error) {
    // Aliases that make too much of a little file.
    return { plain: {}, misprints: [{ line: 1, column: 1, what: describe(error) }], lineOf };
  }
}

/** `${NAME}` anywhere, `$NAME` where a value begins; comments may say what they like. */
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

/** What the parser says, for people who do not know how it works. */
function wordsOf({ code, message, pos: [offset] }: YAMLError, text: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'this line is indented with a tab: write spaces';
    case 'DUPLICATE_KEY':
      return `the setting \`${keyAt(text, offset)}\` is there twice`;
    case 'MULTIPLE_DOCS':
      return 'a second document (---) begins here, and only one is read';
    default:
      return `this is no YAML: ${message.trim()}`;
  }
}

function keyAt(text: string, offset: number): string {
  const [, ...found] = /^(?:"([^"\n]*)"|'([^'\n]*)'|([^\s:]+))/.exec(text.slice(offset)) ?? [];
  return found.find((one) => one !== undefined) ?? '';
}

/** Further ones in a line are mostly consequences of the first. */
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
