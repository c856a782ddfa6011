import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from '@jest/globals';
import { cleanUp } from '../support/clean-up.ts';
import { personal, type Shell, typed } from '../support/shell.ts';
import { type Bench, bench } from './harness.ts';
import { killedTogether } from './kill.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

async function folderFor(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `camunda-backup-test-${name}-`));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A cluster that is to be left paused; its configuration has another name, and a folder beside itself as its ledger. */
async function world({ clusters = ['test'] }: { clusters?: string[] } = {}) {
  const on = await bench({ durations: { webApplications: 60 } });
  const file = join(on.folder, "it's full.yaml");
  const { clusters: written } = JSON.parse(await readFile(on.configFile, 'utf8'));
  const named = Object.fromEntries(clusters.map((name) => [name, written.test]));
  await writeFile(file, JSON.stringify({ ledger: { folder: './ledger' }, clusters: named }));
  // Where the command is typed there is a file of the usual name, of another ledger.
  const elsewhere = await folderFor('elsewhere');
  await writeFile(
    join(elsewhere, 'camunda-backup.yaml'),
    JSON.stringify({ ledger: { folder: './other' }, clusters: { test: written.test } }),
  );
  return { on, file, elsewhere };
}

/** What `status` tells to type, pasted into the same shell, puts right what the run has left. */
async function assertPasted(on: Bench, status: string, shell: Shell): Promise<string> {
  const seen = await typed(status, shell);
  assert.equal(seen.code, 1, seen.text);
  const command = /repair: (.+)/.exec(seen.text)?.[1] ?? '';
  assert.match(seen.text, /NOT OK: exporting is left paused/);
  const repaired = await typed(command, shell);
  assert.match(repaired.text, /is repaired\. Exporting is resumed/, `${command}\n${repaired.text}`);
  assert.equal(on.simulator.pausedSince(), undefined);
  assert.equal(await on.lock(), undefined);
  return command;
}

describe('A printed command in the shell in which it is pasted', () => {
  const killed = killedTogether(
    {
      'another folder': world,
      'the wrong ledger': world,
      'several clusters': () => world({ clusters: ['test', 'another'] }),
      'the PATH': world,
      npx: world,
      'a script of a package': world,
      'another program': world,
    },
    {
      sign: { asks: 'webApplications.check' },
      args: ({ file }) => ['run', '--cluster', 'test', '-f', file],
    },
  );
  const leftPaused = (name: string) => {
    const left = killed(name);
    assert.notEqual(left.on.simulator.pausedSince(), undefined);
    return left;
  };

  test('A printed command can be pasted in another folder, in which a file of the usual name lies', async () => {
    const { on, file, elsewhere } = leftPaused('another folder');
    const given = relative(elsewhere, file);
    const command = await assertPasted(on, `node '${main}' status -f "${given}"`, { cwd: elsewhere });
    assert.equal(command, `node ${main} repair -f '${given.replace("'", `'\\''`)}'`);
  });

  test('`repair` with the wrong ledger does not say that all is well', async () => {
    const { on, elsewhere } = leftPaused('the wrong ledger');
    const { code, text } = await typed(`node '${main}' repair`, { cwd: elsewhere });
    assert.equal(code, 1, text);
    assert.match(text, /It is not known here whether a run of test has left something\./);
    assert.match(text, /Error: The ledger .*other does not exist yet: .* or you mean another ledger/);
    assert.match(text, /What to do: .*the configuration that they were made with/);
    assert.doesNotMatch(text, /none was left behind/);
    assert.notEqual(on.simulator.pausedSince(), undefined);
  });

  test('A printed command can be pasted where several clusters are configured', async () => {
    const { on, file, elsewhere } = leftPaused('several clusters');
    const status = `node '${main}' status --cluster test -f "${file}"`;
    const command = await assertPasted(on, status, { cwd: elsewhere });
    assert.match(command, / repair --cluster test -f /);
  });

  test('A printed command can be pasted where the program is on the PATH', async () => {
    const { on, file, elsewhere } = leftPaused('the PATH');
    const bin = await folderFor('bin');
    await symlink(main, join(bin, 'camunda-backup'));
    const env = { ...personal, PATH: `${bin}${delimiter}${personal['PATH']}` };
    const command = await assertPasted(on, `camunda-backup status -f "${file}"`, { cwd: elsewhere, env });
    assert.match(command, /^camunda-backup repair -f /);
  });

  test('A printed command can be pasted where npx has started the program below the folder of the package', async () => {
    const { on, file, elsewhere } = leftPaused('npx');
    const bin = join(elsewhere, 'node_modules', '.bin');
    await mkdir(bin, { recursive: true });
    await symlink(main, join(bin, 'camunda-backup'));
    await writeFile(join(elsewhere, 'package.json'), '{}');
    const cwd = join(elsewhere, 'below');
    await mkdir(cwd);
    const command = await assertPasted(on, `npx --no-install camunda-backup status -f "${file}"`, { cwd });
    assert.match(command, /^npx camunda-backup repair -f /);
  });

  test('A printed command can be pasted where a script of a package has started the program in the folder of the package', async () => {
    const { on, file, elsewhere } = leftPaused('a script of a package');
    const given = relative(elsewhere, file);
    const scripts = { look: `node ${main} status -f "${given}"` };
    await writeFile(join(elsewhere, 'package.json'), JSON.stringify({ scripts }));
    const cwd = join(elsewhere, 'below');
    await mkdir(cwd);
    const command = await assertPasted(on, 'npm run --silent look', { cwd });
    assert.ok(command.includes(on.folder), command);
  });

  test('A printed command can be pasted where an image, or another program, has started this one and says how', async () => {
    const { on, file, elsewhere } = leftPaused('another program');
    const wrapper = join(elsewhere, 'backups');
    await writeFile(
      wrapper,
      `#!/bin/sh\nCAMUNDA_BACKUP_COMMAND='./backups --quietly' exec node '${main}' "$2" "$3" "$4"\n`,
    );
    await chmod(wrapper, 0o755);
    const status = `./backups --quietly status -f "${file}"`;
    const command = await assertPasted(on, status, { cwd: elsewhere });
    assert.match(command, /^\.\/backups --quietly repair -f /);
  });
});
