import type { ObjectStore } from '../store/store.ts';
import {
  type BackupRef,
  type Layout,
  layoutsOf,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.ts';

type ContentKind = 'snapshot' | 'segments';

/** A backup that was found in the store, with the layout in which it lies there. */
export interface Found {
  manifest: Manifest;
  layout: Layout;
}

/** The partitions' backups in a store. Its methods reject with the store's own errors. */
export class Catalog {
  readonly #store: ObjectStore;
  readonly #layouts: [Layout, ...Layout[]];

  /** @throws if this version cannot use a store of this kind. */
  constructor(store: ObjectStore, camunda: string) {
    this.#store = store;
    this.#layouts = layoutsOf(camunda, store.kind);
  }

  /** The layout of new backups. */
  get layout(): Layout {
    return this.#layouts[0];
  }

  /** All backups, or those of one id. */
  async find(id?: number): Promise<Found[]> {
    const found = this.#layouts.map(async (layout) => {
      const key = new RegExp(`^${layout.manifests}\\d+/(\\d+)/\\d+/manifest\\.json$`);
      const keys = (await this.#store.list(layout.manifests)).filter((one) => {
        const [, backup] = key.exec(one) ?? [];
        return backup !== undefined && (id === undefined || Number(backup) === id);
      });
      const contents = await Promise.all(keys.map((one) => this.#store.get(one)));
      return contents.flatMap((content) =>
        // A manifest may be deleted between the list and the read.
        content === undefined
          ? []
          : { manifest: readManifest(Buffer.from(content).toString(), layout), layout },
      );
    });
    return (await Promise.all(found)).flat();
  }

  async write(manifest: Manifest, layout: Layout): Promise<void> {
    await this.#store.put(manifestKey(manifest, layout), writeManifest(manifest, layout));
  }

  async writeContent(backup: BackupRef, kind: ContentKind, name: string, content: Uint8Array): Promise<void> {
    await this.#store.put(`${contentsKey(backup, this.layout)}${kind}/${name}`, content);
  }

  readContent({ manifest, layout }: Found, kind: ContentKind, name: string): Promise<Uint8Array | undefined> {
    return this.#store.get(`${contentsKey(manifest, layout)}${kind}/${name}`);
  }

  /** Deletes all objects of a backup, the manifest at last. */
  async delete({ manifest, layout }: Found): Promise<void> {
    const last = manifestKey(manifest, layout);
    const keys = await this.#store.list(contentsKey(manifest, layout));
    for (const key of keys) if (key !== last) await this.#store.delete(key);
    await this.#store.delete(last);
  }
}

const folderOf = ({ partition, id, node }: BackupRef): string => `${partition}/${id}/${node}/`;

const manifestKey = (backup: BackupRef, { manifests }: Layout): string =>
  `${manifests}${folderOf(backup)}manifest.json`;

const contentsKey = (backup: BackupRef, { contents }: Layout): string => contents + folderOf(backup);
