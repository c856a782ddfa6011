/** The states of a backup in a list. This file imports nothing, because the help of the command line needs it. */
export const backupStates = ['COMPLETED', 'INCOMPLETE', 'DAMAGED', 'FAILED', 'RUNNING', 'UNKNOWN'] as const;
