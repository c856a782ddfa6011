import { ClassArchive } from './class-archive.ts';
import type { Downloads } from './downloads.ts';
import type { Guard } from './guard.ts';
import { answersOk, mustCall } from './http.ts';
import type { Jdk } from './java.ts';
import {
  type CamundaName,
  camundaClassPath,
  launchCamunda,
  launchOpenSearch,
  launchS3,
  openSearchClassPath,
} from './launches.ts';
import { type Layout, local, s3 } from './layout.ts';
import { type Launch, ServerProcess } from './server-process.ts';

export const serverNames = ['zeebe', 'operate', 'tasklist', 'search', 's3'] as const;
export type ServerName = (typeof serverNames)[number];

interface Member {
  process: ServerProcess;
  launch: () => Launch;
  isReady: () => Promise<boolean>;
  /** The servers that run in a JVM. */
  archive?: ClassArchive;
}

/** On a loaded machine with two processors a first start took a minute. */
const readyWithinMs = 240_000;

/** The five servers of one run, to be started, stopped and disturbed one by one. */
export class ServerGroup {
  private readonly members: Record<ServerName, Member>;
  private closed = false;

  constructor(jdk: Jdk, downloads: Downloads, layout: Layout, guard: Guard) {
    const { folder, ports } = layout;
    const processOf = (name: ServerName) => new ServerProcess(name, folder, `${folder}/${name}.log`, guard);
    const camunda = (name: CamundaName, isReady: () => Promise<boolean>): Member => {
      const archive = new ClassArchive(name, jdk, camundaClassPath(downloads), folder);
      const launch = () => launchCamunda(name, jdk, downloads, layout, archive);
      return { process: processOf(name), archive, launch, isReady };
    };
    const searchArchive = new ClassArchive('search', jdk, openSearchClassPath(downloads), folder);
    this.members = {
      search: {
        process: processOf('search'),
        archive: searchArchive,
        launch: () => launchOpenSearch(jdk, downloads, layout, searchArchive),
        isReady: () => answersOk(`${local(ports.search)}/_cluster/health?wait_for_status=yellow&timeout=2s`),
      },
      s3: {
        process: processOf('s3'),
        launch: () => launchS3(downloads, layout),
        isReady: () => answersOk(`${local(ports.s3)}/${s3.bucket}`),
      },
      zeebe: camunda('zeebe', () => zeebeIsReady(layout)),
      operate: camunda('operate', () => answersOk(readiness(ports.operateManagement))),
      tasklist: camunda('tasklist', () => answersOk(readiness(ports.tasklistManagement))),
    };
  }

  async start(name: ServerName): Promise<void> {
    // a start that is still under way when another one fails must not bring up more
    if (this.closed) throw new Error(`${name} is not started: the cluster is closed`);
    const { process, launch, isReady } = this.members[name];
    process.spawn(launch());
    await process.ready(isReady, readyWithinMs);
  }

  kill(name: ServerName, signal?: NodeJS.Signals): Promise<void> {
    return this.members[name].process.kill(signal);
  }

  async stop(name: ServerName): Promise<void> {
    const { process, archive } = this.members[name];
    await process.stop();
    if (process.endedOrderly) archive?.keep();
  }

  suspend(name: ServerName): void {
    this.members[name].process.signal('SIGSTOP');
  }

  resume(name: ServerName): void {
    this.members[name].process.signal('SIGCONT');
  }

  /** Ends all that run; in an orderly way only those that have an archive of classes to write. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(
      serverNames.map(async (name) => {
        const { process, archive } = this.members[name];
        if (!process.isRunning) return;
        if (archive === undefined || archive.exists) await process.kill();
        else await this.stop(name);
      }),
    );
  }
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
