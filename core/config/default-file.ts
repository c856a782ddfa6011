/** The configuration file that is read if the user names none. */
export const defaultConfigFile = 'camunda-backup.yaml';

/** The file that shows every setting. Synth reads it where there is no configuration file. */
export const exampleFile = 'camunda-backup.example.yaml';
