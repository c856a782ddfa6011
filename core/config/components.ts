import * as z from 'zod';
import { connectionSettings } from '../connect/address.ts';
import { fetched, url } from './url.ts';
import { zeebeStore } from './zeebe-store.ts';

/** The components of a cluster, each with its address. */
const name = z.string().min(1);

const camundaSettings = {
  ...connectionSettings,
  auth: connectionSettings.auth.refine((auth) => !auth || !('aws' in auth), {
    path: ['aws'],
    error: 'is only for `search`: Camunda knows no signatures of AWS',
  }),
};

const component = (example: string) =>
  z
    .strictObject({ url: fetched.meta({ example }), ...camundaSettings })
    .optional()
    .meta({ example: `{ url: ${example} }` });

const zeebe = z.strictObject({
  url: fetched.meta({ example: 'http://camunda-zeebe-gateway:9600' }),
  ...camundaSettings,
  brokers: z
    .array(fetched.meta({ example: 'http://camunda-zeebe-0.camunda-zeebe:9600' }))
    .min(1)
    .optional()
    .meta({ example: '[http://camunda-zeebe-0.camunda-zeebe:9600]' }),
  /** The REST API of the cluster, which is on the application's port. */
  rest: z
    .strictObject({
      url: fetched
        .refine((text) => !/\/v2$/.test(text), { error: 'ends with /v2, which is added here' })
        .meta({ example: 'http://camunda-zeebe-gateway:8080' }),
      ...camundaSettings,
    })
    .optional()
    .meta({ example: '{ url: http://camunda-zeebe-gateway:8080 }' }),
  store: zeebeStore.optional(),
});

const search = z
  .strictObject({
    engine: z.enum(['elasticsearch', 'opensearch']).meta({ example: 'elasticsearch' }),
    url: url.meta({ example: 'http://camunda-elasticsearch:9200' }),
    repository: name
      .regex(/^[^\s/\\*?"<>|,#]+$/, 'is not the name of a snapshot repository')
      .meta({ example: 'camunda' }),
    ...connectionSettings,
  })
  .refine(({ engine, auth }) => engine === 'opensearch' || !auth || !('aws' in auth), {
    path: ['auth', 'aws'],
    error:
      'is only for `engine: opensearch`: the client of Elasticsearch refuses the servers of Amazon OpenSearch Service',
  });

const records = z.strictObject({
  indexPrefix: name
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'is not an index prefix: lower case letters, digits, - _ and . (no *)')
    .default('zeebe-record')
    .meta({ example: 'zeebe-record' }),
});

/** The settings of a cluster's components. */
export const components = {
  zeebe: zeebe.meta({ example: '{ url: http://camunda-zeebe-gateway:9600 }' }),
  webApplications: component('http://camunda-zeebe-gateway:9600'),
  operate: component('http://camunda-operate:9600'),
  tasklist: component('http://camunda-tasklist:9600'),
  optimize: component('http://camunda-optimize:8092'),
  search: search.optional(),
  records: records.optional().meta({ example: '{ indexPrefix: zeebe-record }' }),
};
