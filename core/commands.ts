/**
 * The commands of camunda-backup that messages tell people to type. Core does not know how they are spelled: the
 * command line and the deployed functions pass in an implementation (deployment/commands.ts), so that the reader can
 * paste each command where it is read.
 */
export interface Commands {
  run(cluster?: string, options?: { id?: number | undefined }): string;
  status(cluster?: string): string;
  /** Lists the backups of a cluster. */
  list(cluster?: string): string;
  /** Shows one backup. */
  show(cluster: string | undefined, id: number): string;
  /** Verifies one backup, with `readData` the contents of its files too. */
  verify(cluster: string | undefined, id: number, options?: { readData?: boolean }): string;
  /** Looks at a cluster as a backup does before it begins. */
  check(cluster?: string): string;
  /** `cluster` is undefined if the cluster is not known. */
  repair(cluster?: string, options?: RepairOptions): string;
}

export interface RepairOptions {
  force?: boolean;
  dryRun?: boolean;
  deleteLeftovers?: boolean;
  resumeUnexplained?: boolean;
}
