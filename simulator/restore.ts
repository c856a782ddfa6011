import { Mistake } from './mistake.ts';
import { readRestoreArguments, USAGE } from './restore-arguments.ts';
import { restoreBroker } from './zeebe/index.ts';

try {
  const wanted = readRestoreArguments(process.argv.slice(2));
  if (wanted === 'help') {
    console.log(USAGE);
  } else {
    const { 'backup-id': backupId, ...options } = wanted;
    await restoreBroker({ backupId, ...options });
    console.log(`Successfully restored broker from backup ${backupId}`);
  }
} catch (error) {
  const isMistake = error instanceof Mistake;
  const message = error instanceof Error ? error.message : String(error);
  console.error(isMistake ? `${message}\n\n${USAGE}` : message);
  process.exitCode = isMistake ? 2 : 1;
}
