import * as z from 'zod';
import { badPortOf } from '../connect/bad-ports.ts';

/** An address in the configuration: http or https, without a path that is added later and without credentials. */
export const url = z
  .url({ protocol: /^https?$/, error: ({ input }) => whatIsWrong(input), abort: true })
  .refine((text) => !/\/actuator(\/|$)/.test(text), {
    error: 'has /actuator in its path, which is added here: end it before that',
  })
  .refine((text) => !hasCredentials(new URL(text)), {
    error: 'contains credentials; move them to `auth`',
  })
  .refine((text) => !/[?#]/.test(text), {
    error: 'has a ? or a #: each request adds its own path to the address',
  })
  .transform((text) => text.replace(/\/+$/, ''));

const isFetched = (text: string) => badPortOf(text) === undefined;
const notFetched = {
  error: ({ input }: { input?: unknown }) =>
    `has the port ${badPortOf(String(input))}, to which Node speaks no HTTP (forward another port to it, such as 19600)`,
};

/** An address that Node's fetch will call. */
export const fetched = url.refine(isFetched, notFetched);

/** An address to which messages are posted. It is called as it is written, to the last slash, and appears in logs. */
export const hook = z
  .url({ protocol: /^https?$/, error: ({ input }) => whatIsWrong(input), abort: true })
  .refine((text) => !hasCredentials(new URL(text)) && !/[?#]/.test(text), {
    error:
      'has credentials, a ? or a # in it: the address appears in logs, so let the receiver check the signature instead',
  })
  .refine(isFetched, notFetched);

/** A URL may contain a password without a user. */
function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

const highestPort = 65_535;

/** The reason why a text is not a URL. The sentence does not repeat the text, which may contain a password. */
function whatIsWrong(input: unknown): string {
  if (input === undefined) return 'is missing';
  if (typeof input !== 'string') return 'is not an http or https URL';
  const text = input.trim();
  const host = /^https?:\/\/([^/@]*@)?([^/]*)/i.exec(text)?.[2];
  if (host === undefined) {
    const named =
      /^[a-z0-9][a-z0-9.-]*:\d+(\/|$)/i.test(text) || /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$)/i.test(text);
    return `is not an http or https URL${named ? ': http:// is missing before it' : ''}`;
  }
  if (host.split(':').length > 2 && !host.includes('[')) {
    return 'has an IPv6 address without brackets: http://[::1]:9600 would be right for ::1';
  }
  const port = Number(/:(\d+)$/.exec(host)?.[1]);
  if (port > highestPort) return `has the port ${port}, and the highest is ${highestPort}`;
  return 'is not an http or https URL';
}
