import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Writes the type declarations of a source file, and of the files that they import. */
export function writeDeclarations(source: string, folder: string): void {
  const all = mkdtempSync(path.join(tmpdir(), 'camunda-backup-declarations-'));
  const { stdout } = spawnSync(
    path.join(root, 'node_modules', '.bin', 'tsc'),
    ['--project', 'tsconfig.declarations.json', '--outDir', all],
    { cwd: root, encoding: 'utf8' },
  );
  const kept = new Set<string>();
  const keep = (file: string) => {
    if (kept.has(file)) return;
    kept.add(file);
    // The compiler also reports what it cannot declare in other files, whose declarations are not kept.
    const mistake = stdout.split('\n').find((line) => line.startsWith(`${file}(`));
    if (mistake !== undefined) throw new Error(mistake);
    const name = file.replace(/\.ts$/, '.d.ts');
    const text = readFileSync(path.join(all, name), 'utf8');
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text.replaceAll(relativeImport, "$1.js'"));
    for (const [, from = ''] of text.matchAll(relativeImport)) {
      keep(path.join(path.dirname(file), `${from.slice(1)}.ts`));
    }
  };
  keep(source);
  rmSync(all, { recursive: true });
}

/** The beginning of the name of another source file, with the quotation mark before it. */
const relativeImport = /('\.[^']*)\.ts'/g;
