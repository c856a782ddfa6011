/** The configuration file that is read if the user names none. */
export const defaultConfigFile = 'camunda-backup.yaml';
