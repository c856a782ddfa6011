import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request as a server of AWS sees it. */
export interface Received {
  method: string;
  /** The path as it was sent, with the query. */
  url: string;
  headers: Record<string, string>;
  body: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The signature (version 4) that AWS computes for a request, from the headers that the request says are signed:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureOf(
  { method, url, headers, body }: Received,
  { secret, scope, signed }: { secret: string; scope: string; signed: string },
): string {
  const [path = '', query = ''] = url.split('?');
  const parameters = query === '' ? [] : query.split('&').map((one) => one.split('='));
  const canonicalQuery = parameters
    .map(
      ([name = '', value = '']) =>
        `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`,
    )
    .sort()
    .join('&');
  const canonical = [
    method,
    // Every service but S3 encodes the path that was sent once more.
    path.split('/').map(encoded).join('/'),
    canonicalQuery,
    ...signed.split(';').map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const [date = '', region = '', service = '', end = ''] = scope.split('/');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [date, region, service, end].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

/** Whether a request is signed with `secret`, and the parts of its Authorization header. */
export function readSignature(request: Received, secret: string) {
  const { accessKey, scope, signed, signature } =
    /^AWS4-HMAC-SHA256 Credential=(?<accessKey>[^/]+)\/(?<scope>[^,]+), SignedHeaders=(?<signed>[^,]+), Signature=(?<signature>\w+)$/.exec(
      request.headers['authorization'] ?? '',
    )?.groups ?? {};
  if (!scope || !signed) return { isRight: false };
  return { isRight: signatureOf(request, { secret, scope, signed }) === signature, accessKey, scope, signed };
}

/** Reads what a server has received. */
export async function receive(request: IncomingMessage): Promise<Received> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: Object.fromEntries(headers),
    body,
  };
}
