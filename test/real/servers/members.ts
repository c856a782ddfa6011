import type { Guard } from '../../support/servers/guard.ts';
import { type Launch, ServerProcess } from '../../support/servers/server-process.ts';
import { ClassArchive } from './class-archive.ts';
import type { Distribution } from './distribution.ts';
import { answersOk, mustCall } from './http.ts';
import type { Jdk } from './java.ts';
import { type CamundaName, camundaClassPath, launchCamunda, launchS3 } from './launches.ts';
import { type Layout, local, s3 } from './layout.ts';

export type ServerName = CamundaName | 'search' | 's3';

export interface Member {
  process: ServerProcess;
  launch: () => Launch;
  isReady: () => Promise<boolean>;
  /** The servers that run in a JVM. */
  archive?: ClassArchive;
}

/** Where all servers of a run are, and with what they run. */
export interface Place {
  jdk: Jdk;
  layout: Layout;
  guard: Guard;
}

/** `script`: that of s3rver. */
export function s3Member({ layout, guard }: Place, script: string): Member {
  return {
    process: processOf('s3', layout, guard),
    launch: () => launchS3(script, layout),
    isReady: () => answersOk(`${local(layout.ports.s3)}/${s3.bucket}`),
  };
}

export function camundaMembers(place: Place, distribution: Distribution): Record<CamundaName, Member> {
  const { jdk, layout, guard } = place;
  const member = (name: CamundaName, isReady: () => Promise<boolean>): Member => {
    const archive = new ClassArchive(name, jdk, camundaClassPath(distribution), layout.folder);
    const launch = () => launchCamunda(name, jdk, distribution, layout, archive);
    return { process: processOf(name, layout, guard), archive, launch, isReady };
  };
  const { ports } = layout;
  return {
    zeebe: member('zeebe', () => zeebeIsReady(layout)),
    operate: member('operate', () => answersOk(readiness(ports.operateManagement))),
    tasklist: member('tasklist', () => answersOk(readiness(ports.tasklistManagement))),
  };
}

export function processOf(name: string, { folder }: Layout, guard: Guard): ServerProcess {
  return new ServerProcess(name, folder, `${folder}/${name}.log`, guard);
}

function readiness(port: number): string {
  return `${local(port)}/actuator/health/readiness`;
}

/** A broker may call itself ready and still answer 502 for want of partitions: so they are looked at, too. */
async function zeebeIsReady({ ports, partitions }: Layout): Promise<boolean> {
  if (!(await answersOk(readiness(ports.zeebeManagement)))) return false;
  const { brokers } = await mustCall<Topology>(`${local(ports.zeebeRest)}/v2/topology`, { timeoutMs: 5_000 });
  const healthy = brokers.flatMap((broker) => broker.partitions).filter(({ health }) => health === 'healthy');
  return healthy.length === partitions;
}

interface Topology {
  brokers: { partitions: { health: string }[] }[];
}
