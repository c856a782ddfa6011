import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../support/servers/command.ts';
import { versions } from './versions.ts';

export interface Jdk {
  java: string;
  /** Tells two JDKs apart: an archive of loaded classes fits only the JDK that wrote it. */
  fullVersion: string;
}

const machineWideFolder = '/usr/lib/jvm';

let search: Promise<Jdk | string> | undefined;

/** The first JDK that is new enough, or a sentence that says what was looked at. Looks once. */
export function findJdk(): Promise<Jdk | string> {
  search ??= look();
  return search;
}

async function look(): Promise<Jdk | string> {
  const seen: string[] = [];
  for (const { home, from } of candidates()) {
    const java = home === undefined ? 'java' : join(home, 'bin', 'java');
    if (home !== undefined && !existsSync(java)) continue;
    const found = await inspect(java);
    if (found === undefined) continue;
    if (found.feature >= versions.oldestJava && found.hasCompiler)
      return { java, fullVersion: found.version };
    seen.push(`${found.version}${found.hasCompiler ? '' : ' without compiler'} (${from})`);
  }
  return (
    `no JDK ${versions.oldestJava} or later found (looked at CAMUNDA_BACKUP_JAVA_HOME, JAVA_HOME, JAVA*_HOME, ` +
    `${machineWideFolder} and java on the PATH; found ${seen.length === 0 ? 'none' : seen.join(', ')})`
  );
}

function candidates(): { home: string | undefined; from: string }[] {
  const named = ['CAMUNDA_BACKUP_JAVA_HOME', 'JAVA_HOME'];
  const others = Object.keys(process.env).filter((name) => /^JAVA.+_HOME$/.test(name));
  const fromEnvironment = [...named, ...others.sort().reverse()].flatMap((name) => {
    const home = process.env[name];
    return home ? [{ home, from: name }] : [];
  });
  const folders = existsSync(machineWideFolder) ? readdirSync(machineWideFolder).sort().reverse() : [];
  const machineWide = folders.map((name) => join(machineWideFolder, name));
  return [
    ...fromEnvironment,
    ...machineWide.map((home) => ({ home, from: home })),
    { home: undefined, from: 'the PATH' },
  ];
}

async function inspect(
  java: string,
): Promise<{ feature: number; version: string; hasCompiler: boolean } | undefined> {
  const { code, output } = await run(java, ['-XshowSettings:properties', '-version'], { timeoutMs: 20_000 });
  const property = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(output)?.[1]?.trim();
  const home = property('java.home');
  const version = property('java.vm.version');
  if (code !== 0 || home === undefined || version === undefined) return undefined;
  // "1.8" for Java 8, "21" for Java 21
  const feature = Number(property('java.specification.version')?.split('.')[0] ?? 0);
  return { feature, version, hasCompiler: existsSync(join(home, 'bin', 'javac')) };
}
