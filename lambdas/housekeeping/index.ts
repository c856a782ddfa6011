import * as chooseBackups from './choose-backups.ts';
import * as concludeVerification from './conclude-verification.ts';
import * as planVerification from './plan-verification.ts';
import * as readPart from './read-part.ts';

/** The functions that look after backups that have been made, by the names that the state machine calls them by. */
export const functions = {
  ChooseBackups: chooseBackups,
  PlanVerification: planVerification,
  ReadPart: readPart,
  ConcludeVerification: concludeVerification,
};
