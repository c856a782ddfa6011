import { alertTest } from './alert-test.ts';
import { check } from './check.ts';
import type { Subcommand } from './command.ts';
import { demo } from './demo.ts';
import { list } from './list.ts';
import { metrics } from './metrics.ts';
import { repair } from './repair.ts';
import { run } from './run.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';
import { watch } from './watch.ts';
import { watchdog } from './watchdog.ts';

/** Every command by its name, in the order in which the help shows them. */
export const subcommands: Record<string, Subcommand> = {
  run,
  watch,
  status,
  list,
  show,
  verify,
  metrics,
  check,
  'alert-test': alertTest,
  watchdog,
  repair,
  demo,
};

/** Names that people may try for a command that has another name here, and the answer to each. */
export const otherWords: Record<string, string> = {
  backup: 'did you mean run?',
  create: 'did you mean run?',
  start: 'did you mean run?',
  ls: 'did you mean list?',
  describe: 'did you mean show?',
  resume: 'did you mean repair?',
  unlock: 'did you mean repair?',
  restore:
    'this program does not restore backups. The manifest of a backup names its id and its parts, and the documentation of Camunda says how to restore them',
};
