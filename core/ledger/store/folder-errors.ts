import { BackupError, describe } from '../../errors.ts';
import { fileCodeOf } from './folder-files.ts';

/** Makes LedgerUnusable if the trouble lasts and LedgerError if it may pass. `root` is the ledger's folder. */
export function folderFailure(verb: string, file: string, root: string, error: unknown): BackupError {
  const code = fileCodeOf(error) ?? '';
  return new BackupError(
    lasting.has(code) ? 'LedgerUnusable' : 'LedgerError',
    `Cannot ${verb} ${file}: ${describe(error)}`,
    { remedy: folderRemedy(code, root), cause: error },
  );
}

/** The codes of errors that do not pass by themselves. */
const lasting = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENAMETOOLONG',
]);

function folderRemedy(code: string, root: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `Give this user read and write permission for ${root}, or use another folder for the ledger.`;
    case 'EROFS':
      return `${root} is on a read-only file system: mount it so that it can be written.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `Free some space on the file system of ${root}.`;
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return `A file is where the ledger needs a folder, or the other way round: move it out of ${root}, or use another folder for the ledger.`;
    case 'ENAMETOOLONG':
      return 'Use a shorter name for the cluster, or a folder with a shorter path.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Raise the limit of open files (ulimit -n).';
    default:
      return `Check that ${root} is a folder that this user can read and write.`;
  }
}
