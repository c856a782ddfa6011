/** The configuration file that is read where nobody names one. */
export const defaultConfigFile = 'camunda-backup.yaml';
