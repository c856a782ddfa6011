export {
  type Application,
  type ApplicationOptions,
  startApplication,
} from './application.ts';
export { camundaExporter, recordExporter } from './exporters.ts';
export type { ApplicationName } from './layout.ts';
export { applicationInstances, instancesOfOrder, type ShownInstance } from './shown.ts';
