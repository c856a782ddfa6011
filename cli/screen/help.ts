import type { AddHelpTextContext } from 'commander';
import { fold } from './fold.ts';
import { columnsOf, type Output } from './output.ts';

/** What stands below the options of a command, as paragraphs. */
export const footnotes = {
  run: [
    'Exit codes: 0 done, 1 the backup failed or exporting may be left paused, 2 wrong use or configuration, an id that is refused or a secret that cannot be used, 3 another backup holds the lock, 130 interrupted and exporting is not left paused. Ctrl-C and SIGTERM resume exporting before the process ends.',
    'With --stack the backup runs on AWS and is watched; Ctrl-C ends the watching, the backup goes on.',
    'With --json the last line of stdout is one JSON object, also when the backup failed or never began.',
  ],
  status: [
    'Exit codes: 0 every cluster has a completed backup that is not older than its maxAge, and nothing is left paused: neither by a run, nor by somebody else, as far as the cluster shows it within 2 s; 1 otherwise; 2 wrong use or configuration. A cluster that cannot be asked is said to be so, and changes no exit code.',
  ],
  watchdog: [
    'One look, for cron or a CronJob every five minutes; the stack on AWS brings its own watchdog. It puts right what a run left behind that is gone: it resumes exporting, marks the backup FAILED and frees the lock. It tells on stderr what a person has to know: exporting that stays paused, a pause that no run explains, backups that stay away.',
    'Exit codes: 0 all is well, or was put right; 1 something is wrong, or could not be seen; 2 wrong use or configuration. Step Functions is not asked whether an execution of its runs: such a run is left alone.',
  ],
  repair: [
    'Exit codes: 0 all was done and seen (what is left over is no failure), 1 something could not be put right or not be seen, 2 wrong use or configuration, 3 the run lives, or may live, or somebody else is repairing it; 130 interrupted before leftovers were deleted. It never deletes anything of a COMPLETED backup or of one that this ledger does not know.',
  ],
};

/** Commander breaks its own text, and leaves what is added to it as it is. */
export const below = (paragraphs: string[], output: Output) => (context: AddHelpTextContext) => {
  const width = columnsOf(context.error ? output.stderr : output.stdout);
  return `\n${paragraphs.map((paragraph) => fold(paragraph, width)).join('\n')}`;
};

/** What people type for a command that is called otherwise here. */
export const otherWords: Record<string, string> = {
  backup: 'did you mean run?',
  create: 'did you mean run?',
  start: 'did you mean run?',
  list: 'did you mean status?',
  ls: 'did you mean status?',
  show: 'did you mean status?',
  resume: 'did you mean repair?',
  unlock: 'did you mean repair?',
  restore:
    'nothing is restored from here. The manifest of a backup names its id and its parts, and the documentation of Camunda says how they are restored',
};
