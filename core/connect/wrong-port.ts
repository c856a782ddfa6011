import * as z from 'zod';
import { parseJson } from '../json.ts';
import type { Auth } from './authenticate.ts';
import type { HttpAnswer } from './http.ts';
import { refusedLogin } from './refused-login.ts';

/** The parts of a request that every sentence about its answer begins with. */
export interface Asked {
  component: string;
  method: string;
  url: string;
  /** The kind of port of the component; the management port if undefined. */
  port?: Port | undefined;
  auth?: Auth | undefined;
}

/** For each port, the sentences if another kind of server answers there, and the remedies. */
const ports = {
  management: {
    isNot: 'this is a web port, not the management port',
    shape: 'Check that the url is the management address of this component.',
    web: 'Use the management address (port 9600 unless configured otherwise; 8092 for Optimize), not the one of the web interface or an ingress.',
    missing:
      'Check the path (management.server.base-path or contextPath belongs to the url) and that the endpoint is exposed.',
    noIndex:
      'There is no /actuator at this port, which may be the one of the application (8080): use the management port (9600 unless configured otherwise; 8092 for Optimize). If it is that one, check the path (management.server.base-path or contextPath belongs to the url).',
    belongs: 'Write the management address of this component here (port 9600 unless configured otherwise).',
    auth: 'auth',
    login:
      'A management port seldom asks for a login: if this is the port of the application (8080), use the management port (9600 unless configured otherwise; 8092 for Optimize). Otherwise write who logs in into `auth`.',
  },
  rest: {
    isNot: 'this is not an answer of the REST API',
    shape: 'Check that `zeebe.rest.url` is the REST address of the cluster.',
    web: 'Use the REST address of the cluster (port 8080 unless configured otherwise, with its context path), and `zeebe.rest.auth` if it asks for a login.',
    missing: 'Check `zeebe.rest.url` (port 8080 unless configured otherwise, with its context path).',
    noIndex: 'Check `zeebe.rest.url` (port 8080 unless configured otherwise, with its context path).',
    belongs: 'Write the REST address of the cluster here (port 8080 unless configured otherwise).',
    auth: 'zeebe.rest.auth',
    login: 'Write who logs in into `zeebe.rest.auth`.',
  },
};
type Port = keyof typeof ports;
export const portOf = ({ port = 'management' }: Asked) => ports[port];

/** The configured URL, which every request extends. */
export const baseOf = ({ url }: Asked) => url.replace(/\/(actuator|v2)(\/.*)?$/, '');

/** Whether the request was for the page that lists all others. Without that page there is no actuator at this port. */
export const isIndex = ({ url }: Asked) => /\/actuator$/.test(url);

/** Recognises a server of another kind by its answer; undefined if the answer does not show one. */
export function strangerIn(asked: Asked, answer: HttpAnswer): { is: string; remedy: string } | undefined {
  if (ofSearchEngine.safeParse(parseJson(answer.text)).success) {
    return {
      is: 'this is Elasticsearch or OpenSearch, not Camunda',
      remedy: `${portOf(asked).belongs} The address of the search engine belongs in \`search.url\`.`,
    };
  }
  if (answer.status === 400 && wantsTls.test(answer.text)) {
    const { host } = new URL(asked.url);
    return {
      is: 'it speaks TLS and was spoken to without it',
      remedy: `Write https://${host} in the configuration.`,
    };
  }
  return undefined;
}

/** The answers of both search engines to an unknown path, to an unknown user, and at `/`. */
const ofSearchEngine = z.union([
  z.object({ error: z.object({ root_cause: z.array(z.unknown()) }) }),
  z.object({ error: z.string().regex(/^(no handler found for uri|Incorrect HTTP method for uri)/) }),
  z.object({ cluster_name: z.string(), version: z.object({ number: z.string() }) }),
]);

/** The answers of Tomcat, nginx and Go to HTTP at a port for TLS. */
const wantsTls =
  /combination of host and port requires TLS|plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i;

/** The remedy for 401 and 403, which depends on the configured login. */
export function loginRemedy(asked: Asked, status: number): string {
  const { auth, component } = asked;
  const { auth: setting, login } = portOf(asked);
  return auth ? refusedLogin(auth, status, component, setting) : login;
}
