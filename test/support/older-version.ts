import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The last commit that writes locks of format 1 and has no document beside a manifest. */
const commit = '2eb9ef3062501e3a4189614ef658817ef37ad632';

export interface OlderVersion {
  /** The folder of its source, with the packages of this checkout, because it names the same packages. */
  folder: string;
  remove(): Promise<void>;
}

/** Checks out the version before locks of format 2. Throws if the clone does not have that commit. */
export async function olderVersion(): Promise<OlderVersion> {
  await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: repository }).catch((cause: Error) => {
    throw new Error(
      `The commit ${commit} cannot be read in ${repository}; in a shallow clone, git fetch --unshallow brings it: ${cause.message}`,
      { cause },
    );
  });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-older-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const packed = join(folder, 'source.tar');
    await run('git', ['archive', '--format=tar', '--output', packed, commit], { cwd: repository });
    await run('tar', ['-xf', packed, '-C', folder]);
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Builds its command line like `npm run build`. Returns the program. */
export async function olderCommandLine({ folder }: OlderVersion): Promise<string> {
  await run(process.execPath, ['build.mjs'], { cwd: folder });
  return join(folder, 'dist/cli/main.js');
}
