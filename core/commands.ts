/**
 * The commands of camunda-backup that people are told to type. Core prints, writes down and sends
 * them without knowing how they are spelled: whoever starts it passes in an implementation (deployment/commands.ts), so
 * that each command can be pasted where it is read.
 */
export interface Commands {
  run(cluster?: string, options?: { id?: number | undefined }): string;
  status(cluster?: string): string;
  /** Without a cluster where it is not known which one. */
  repair(cluster?: string, options?: RepairOptions): string;
}

export interface RepairOptions {
  force?: boolean;
  dryRun?: boolean;
  deleteLeftovers?: boolean;
  resumeUnexplained?: boolean;
}
