import type { Member, ServerName } from './members.ts';

/** On a loaded machine with two processors a first start took a minute. */
const readyWithinMs = 240_000;

/** The servers of one run, to be started, stopped and disturbed one by one. */
export class ServerGroup<Name extends string = ServerName> {
  private readonly members: Record<Name, Member>;
  private closed = false;

  constructor(members: Record<Name, Member>) {
    this.members = members;
  }

  async start(name: Name): Promise<void> {
    // a start that is still under way when another one fails must not bring up more
    if (this.closed) throw new Error(`${name} is not started: the cluster is closed`);
    const { process, launch, isReady } = this.members[name];
    process.spawn(launch());
    await process.ready(isReady, readyWithinMs);
  }

  kill(name: Name, signal?: NodeJS.Signals): Promise<void> {
    return this.members[name].process.kill(signal);
  }

  stop(name: Name): Promise<void> {
    return stop(this.members[name]);
  }

  suspend(name: Name): void {
    this.members[name].process.signal('SIGSTOP');
  }

  resume(name: Name): void {
    this.members[name].process.signal('SIGCONT');
  }

  /** Ends all that run; in an orderly way only those that have an archive of classes to write. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(
      Object.values<Member>(this.members).map(async (member) => {
        const { process, archive } = member;
        if (!process.isRunning) return;
        if (archive === undefined || archive.exists) await process.kill();
        else await stop(member);
      }),
    );
  }
}

async function stop({ process, archive }: Member): Promise<void> {
  await process.stop();
  if (process.endedOrderly) archive?.keep();
}
