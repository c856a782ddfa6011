import * as z from 'zod';
import { documentsOf } from './documents.ts';
import type { EngineClient, Write } from './engine-client.ts';
import { type ApplicationLayout, prefixed } from './layout.ts';
import { readRecord, recordAlias, typeInNames, type ValueType, valueTypes } from './records.ts';

const positionDocument = z.object({
  aliasName: z.string(),
  partitionId: z.number(),
  position: z.number(),
});

type Positions = Map<number, number>;

/**
 * Imports records into an application's own indices: for each value type and partition what comes after the position
 * that its index of positions has. First the documents are written, then the position, so that what is interrupted is
 * imported again.
 */
export class Importer {
  readonly #engine: EngineClient;
  readonly #layout: ApplicationLayout;
  readonly #prefix: string;
  readonly #positionIndex: string;
  readonly #batch: number;
  /** The positions by value type, as they stand in the index. */
  #imported: Map<string, Positions> | undefined;

  constructor(
    engine: EngineClient,
    layout: ApplicationLayout,
    importPosition: string,
    { prefix, batch }: { prefix: string; batch: number },
  ) {
    this.#engine = engine;
    this.#layout = layout;
    this.#prefix = prefix;
    this.#positionIndex = prefixed(prefix, importPosition);
    this.#batch = batch;
  }

  /** Imports at most a batch of each value type. */
  async importBatch(): Promise<void> {
    try {
      this.#imported ??= await this.#readPositions();
      for (const valueType of valueTypes) await this.#importOf(valueType, this.#imported);
    } catch (error) {
      this.#imported = undefined; // the engine may have lost what this process remembers
      throw error;
    }
  }

  async #importOf(valueType: ValueType, imported: Map<string, Positions>): Promise<void> {
    const type = typeInNames(valueType);
    const positions = imported.get(type) ?? new Map<number, number>();
    imported.set(type, positions);
    const hits = await this.#engine.find(recordAlias(this.#prefix, valueType), {
      size: this.#batch,
      sort: [{ position: { order: 'asc', unmapped_type: 'long' } }],
      query: after(positions),
    });
    const records = hits.map(({ source }) => readRecord(source));
    await this.#engine.write(records.flatMap((record) => documentsOf(this.#layout, this.#prefix, record)));
    const reached: Positions = new Map(records.map(({ partition, position }) => [partition, position]));
    await this.#engine.write([...reached].map(([partition, at]) => this.#positionWrite(type, partition, at)));
    for (const [partition, position] of reached) positions.set(partition, position);
  }

  #positionWrite(type: string, partitionId: number, position: number): Write {
    const document: z.infer<typeof positionDocument> = { aliasName: type, partitionId, position };
    return { index: this.#positionIndex, id: `${partitionId}-${type}`, upsert: document };
  }

  async #readPositions(): Promise<Map<string, Positions>> {
    const read = new Map<string, Positions>();
    for (const { source } of await this.#engine.scroll(this.#positionIndex)) {
      const { aliasName, partitionId, position } = positionDocument.parse(source);
      const positions = read.get(aliasName) ?? new Map<number, number>();
      read.set(aliasName, positions.set(partitionId, position));
    }
    return read;
  }
}

/** The query for records after the positions of the known partitions, and for all records of the others. */
function after(positions: Positions): Record<string, unknown> {
  const known = [...positions];
  const ofKnown = known.map(([partitionId, position]) => ({
    bool: { filter: [{ term: { partitionId } }, { range: { position: { gt: position } } }] },
  }));
  const ofOthers = { bool: { must_not: { terms: { partitionId: known.map(([partition]) => partition) } } } };
  return { bool: { should: [...ofKnown, ofOthers], minimum_should_match: 1 } };
}
