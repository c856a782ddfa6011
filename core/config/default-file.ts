/** The configuration file that is read if nobody names one. */
export const defaultConfigFile = 'camunda-backup.yaml';
