import { json, methodNotAllowed, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';
import type { Brokers } from './brokers.ts';
import type { Exporting } from './exporting.ts';

/**
 * Serves `POST /actuator/exporting/{pause|resume}`. The HTTP status is always 200, and the `status` in the body says
 * whether the call succeeded, because the real endpoint serialises its wrapper object as the body.
 */
export function exportingEndpoint(settings: Settings, exporting: Exporting, brokers: Brokers) {
  const now = () => settings.clock.now();

  function apply(phase: 'EXPORTING' | 'PAUSED' | 'SOFT_PAUSED'): Answer {
    const dead = brokers.dead();
    if (dead.length > 0 && !brokers.isUnnoticed()) return failed(topologyMessage());
    for (const broker of brokers.alive()) exporting.setPhase(phase, { broker });
    // The gateway has not noticed the dead broker yet, so the living replicas obey and the call still fails.
    if (dead.length > 0) return failed(`Failed to connect channel for address 127.0.0.1:2650${dead[0]}`);
    return json(200, { body: null, status: 204, contentType: null });
  }

  function topologyMessage(): string {
    for (let partition = 1; partition <= settings.partitions; partition += 1) {
      const leader = brokers.leaderOf(partition);
      if (leader === undefined) {
        return (
          `Leader -2 of partition ${partition} is not known, current topology: BrokerClusterStateImpl{` +
          `brokers=[${brokers.alive().join(', ')}], clusterSize=${settings.brokers}, ` +
          `partitionsCount=${settings.partitions}, replicationFactor=${settings.brokers}}`
        );
      }
    }
    return `Expected ${settings.brokers} members of partition 1, but found ${brokers.alive().length}`;
  }

  return (request: Request, path: string, operation: string): Answer => {
    if (request.method !== 'POST') return methodNotAllowed('POST', path, now());
    if (operation === 'resume') return apply('EXPORTING');
    if (operation !== 'pause') return failed(null);
    const soft = request.query.get('soft') ?? 'false';
    if (!/^(true|false|on|off|yes|no|1|0|)$/i.test(soft)) return springError(400, path, now());
    return apply(/^(true|on|yes|1)$/i.test(soft) ? 'SOFT_PAUSED' : 'PAUSED');
  };
}

function failed(message: string | null): Answer {
  const frame = {
    classLoaderName: 'app',
    moduleName: null,
    moduleVersion: null,
    methodName: 'post',
    fileName: 'ExportingEndpoint.java',
    lineNumber: 46,
    className: 'io.camunda.zeebe.shared.management.ExportingEndpoint',
    nativeMethod: false,
  };
  const body = { cause: null, stackTrace: [frame], message, suppressed: [], localizedMessage: message };
  return json(200, { body, status: 500, contentType: null });
}
