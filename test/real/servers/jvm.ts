import type { ClassArchive } from './class-archive.ts';
import type { Layout } from './layout.ts';

// Small and quick to start rather than fast: one garbage collector thread, only the first compiler.
const light = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:MaxDirectMemorySize=256m',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:-UsePerfData',
  '-Dfile.encoding=UTF-8',
];

// Netty, RocksDB and Lucene look into the JDK's own buffers.
const opened = [
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--enable-native-access=ALL-UNNAMED',
];

/** The flags of a server's JVM. */
export function jvm(layout: Layout, archive: ClassArchive, heap: string): string[] {
  return [
    `-Xmx${heap}`,
    ...light,
    ...opened,
    ...archive.flags(),
    // native libraries are unpacked there
    `-Djava.io.tmpdir=${layout.temporary}`,
    `-Djna.tmpdir=${layout.temporary}`,
  ];
}
