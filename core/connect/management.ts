import type { z } from 'zod';
import { noAnswer } from '../error-names.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Address } from './address.ts';
import { readBody, refused } from './answers.ts';
import { authenticate } from './authenticate.ts';
import { type Http, type HttpAnswer, type HttpRequest, jsonOf } from './http.ts';
import type { Secrets } from './secrets.ts';
import type { Asked } from './wrong-port.ts';

/** One component's management API (Spring Boot Actuator), or the REST API. */
export interface Management {
  /** The name that people use. */
  component: string;
  /** Its `url` is the one of the management port without `/actuator`, or the one of the REST API without `/v2`. */
  address: Address;
  /** Sends a request and returns the answer, whatever its status. Throws Unreachable or AddressUnusable. */
  ask(method: HttpRequest['method'], path: string, body?: unknown): Promise<HttpAnswer>;
  /** Asks for a page that is plain text, such as the metrics, which are refused as JSON. */
  askForText(path: string): Promise<HttpAnswer>;
  read<T>(method: HttpRequest['method'], path: string, answer: HttpAnswer, schema: z.ZodType<T>): T;
  refused(method: HttpRequest['method'], path: string, answer: HttpAnswer): BackupError;
  url(path: string): string;
}

export function management(component: string, address: Address, http: Http, secrets: Secrets): Management {
  return api({ component, port: 'management', base: `${address.url}/actuator` }, address, http, secrets);
}

/** The cluster's REST API below `/v2`, on the application's port. It is called in the same way. */
export function restApi(address: Address, http: Http, secrets: Secrets): Management {
  return api({ component: 'Zeebe', port: 'rest', base: `${address.url}/v2` }, address, http, secrets);
}

function api(
  { component, port, base }: Pick<Asked, 'component' | 'port'> & { base: string },
  address: Address,
  http: Http,
  secrets: Secrets,
): Management {
  const { auth, tls } = address;
  const url = (path: string) => `${base}${path ? `/${path}` : ''}`;
  const asked = (method: string, path: string): Asked => ({ component, method, url: url(path), port, auth });
  const send = async (
    method: HttpRequest['method'],
    path: string,
    { body, accept }: { body?: unknown; accept?: string } = {},
  ) => {
    const request = {
      method,
      url: url(path),
      ...(tls ? { tls } : {}),
      ...(body === undefined ? {} : { body }),
    };
    const unsigned = { method, url: url(path), headers: {}, body: jsonOf(body) };
    const headers = await authenticate(auth, unsigned, { http, secrets });
    try {
      return await http({ ...request, headers: { ...headers, ...(accept ? { accept } : {}) } });
    } catch (error) {
      if (!isBackupError(error, ...noAnswer)) throw error;
      const { name, message, remedy } = error;
      throw new BackupError(name, `${component} cannot be reached: ${message}`, {
        cause: error,
        remedy,
      });
    }
  };
  return {
    component,
    address,
    url,
    ask: (method, path, body) => send(method, path, { body }),
    askForText: (path) => send('GET', path, { accept: 'text/plain' }),
    read: (method, path, answer, schema) => readBody(asked(method, path), answer, schema),
    refused: (method, path, answer) => refused(asked(method, path), answer),
  };
}
