import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, keepFile } from '../../support/servers/cache.ts';
import type { Jdk } from './java.ts';

/**
 * Class data sharing: a server that finds its classes parsed in an archive starts in about half the time. The JVM
 * writes the archive at an orderly end, which takes a few seconds, so this is done only while the cache has none.
 */
export class ClassArchive {
  private readonly name: string;
  private readonly fresh: string;

  constructor(server: string, jdk: Jdk, classPath: string, folder: string) {
    const key = createHash('sha256').update(`${jdk.java}\n${jdk.fullVersion}\n${classPath}`).digest('hex');
    this.name = join('classes', `${server}-${key.slice(0, 12)}.jsa`);
    this.fresh = join(folder, `${server}.jsa`);
  }

  get exists(): boolean {
    return existsSync(join(cacheFolder(), this.name));
  }

  /** JVM flags. An archive that does not fit is ignored by the JVM, silently. */
  flags(): string[] {
    const quiet = ['-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
    if (this.exists) return [`-XX:SharedArchiveFile=${join(cacheFolder(), this.name)}`, ...quiet];
    return [`-XX:ArchiveClassesAtExit=${this.fresh}`, ...quiet];
  }

  /** To be called when the server ended in an orderly way. */
  keep(): void {
    if (!this.exists && existsSync(this.fresh)) keepFile(this.fresh, this.name);
  }
}
