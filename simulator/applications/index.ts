export {
  type Application,
  type ApplicationOptions,
  type Pacing,
  startApplication,
} from './application.ts';
export type { SearchAddress } from './engine-client.ts';
export { camundaExporter, type ExporterOptions, recordExporter } from './exporters.ts';
export type { ApplicationName } from './layout.ts';
export { applicationInstances, instancesOfOrder, type ShownInstance } from './shown.ts';
