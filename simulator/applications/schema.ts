import * as z from 'zod';
import { type EngineClient, EngineRefused } from './engine-client.ts';
import { type ApplicationLayout, aliasOf, prefixed } from './layout.ts';
import { recordAlias, recordTemplate, valueTypes } from './records.ts';

const keyword = { type: 'keyword' };
const date = { type: 'date', format: 'epoch_millis' };

/** The fields that are read back. Keys are keywords, because numbers of JavaScript cannot hold them all. */
const documentMappings = {
  dynamic: false,
  properties: {
    key: keyword,
    processInstanceKey: keyword,
    order: keyword,
    state: keyword,
    name: keyword,
    aliasName: keyword,
    partitionId: { type: 'integer' },
    position: { type: 'long' },
    startDate: date,
    endDate: date,
  },
};

const recordMappings = {
  dynamic: false,
  properties: {
    partitionId: { type: 'integer' },
    position: { type: 'long' },
    key: keyword,
    timestamp: date,
    valueType: keyword,
    intent: keyword,
    recordType: keyword,
    value: { type: 'object', enabled: false },
  },
};

const settings = (replicas: number) => ({ number_of_shards: 1, number_of_replicas: replicas });
const anything = z.unknown();

/** Creates what an application lacks when it starts: its component template, its templates, and its indices. */
export async function createApplicationSchema(
  engine: EngineClient,
  layout: ApplicationLayout,
  prefix: string,
  replicas: number,
): Promise<void> {
  const indices = [...new Set(layout.parts.flat())];
  const component = prefixed(prefix, `${layout.partName}_template`);
  await engine.call('PUT', `_component_template/${component}`, anything, {
    template: { settings: settings(replicas) },
  });
  const template = { aliases: {}, mappings: documentMappings };
  for (const index of layout.templates.map((name) => prefixed(prefix, name))) {
    await engine.call('PUT', `_index_template/${index}template`, anything, {
      index_patterns: [`${index}*`],
      composed_of: [component],
      template: { ...template, aliases: { [aliasOf(index)]: {} } },
    });
  }
  await Promise.all(indices.map((name) => createIndex(engine, prefixed(prefix, name), replicas)));
}

async function createIndex(engine: EngineClient, index: string, replicas: number): Promise<void> {
  const body = {
    settings: settings(replicas),
    mappings: documentMappings,
    aliases: { [aliasOf(index)]: {} },
  };
  try {
    await engine.call('PUT', index, anything, body);
  } catch (error) {
    const exists = error instanceof EngineRefused && error.type === 'resource_already_exists_exception';
    if (!exists) throw error;
  }
}

/** Creates the templates from which the record indices of a version are made, each when its first record is written. */
export async function createRecordTemplates(
  engine: EngineClient,
  prefix: string,
  version: string,
  replicas: number,
): Promise<void> {
  const component = prefixed(prefix, `zeebe-record-${version}`);
  await engine.call('PUT', `_component_template/${component}`, anything, {
    template: { settings: settings(replicas), mappings: recordMappings },
  });
  for (const valueType of valueTypes) {
    const name = recordTemplate(prefix, valueType, version);
    await engine.call('PUT', `_index_template/${name}`, anything, {
      index_patterns: [`${name}_*`],
      composed_of: [component],
      priority: 20,
      template: { aliases: { [recordAlias(prefix, valueType)]: {} } },
    });
  }
}
