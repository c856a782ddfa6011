/** The backup that store-server.ts serves and verification.ts reads. */
export const backup = { bucket: 'zeebe', backupId: 1_748_937_221, files: 8, megabytes: 48 };
