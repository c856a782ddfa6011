/**
 * An S3 server in memory, over real HTTP, as far as the ledger needs one: PutObject with If-None-Match and
 * If-Match, GetObject, DeleteObject and ListObjectsV2, path-style. It breaks on order. What it answers follows
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ ; test/real/ledger-on-s3.test.ts runs the same suite on an
 * independent implementation.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

interface Fault {
  /** The HTTP method that it waits for; without one any. */
  method?: string;
  /** How many requests it spoils; 1 without. */
  times?: number;
  status: number;
  code: string;
  message: string;
}

export interface S3Server {
  endpoint: string;
  /** Every request, `PUT /bucket/key`, in order. */
  requests: string[];
  /** Puts an object in as if somebody else had written it. */
  put(bucket: string, key: string, text: string): void;
  get(bucket: string, key: string): string | undefined;
  /** As if it had been put earlier. */
  makeOlder(bucket: string, key: string, seconds: number): void;
  /** Answers with an S3 error, without doing anything. */
  failNext(fault: Fault): void;
  /** Does what the next request of this method asks and then drops the connection. `then` runs in between. */
  loseNextAnswer(method: string, then?: () => void): void;
  /** How many faults were ordered and have not happened. */
  pendingFaults(): number;
  close(): Promise<void>;
}

interface StoredObject {
  body: Buffer;
  etag: string;
  modifiedAt: number;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** `pageSize`: how many keys a page of a listing has at most (S3: 1000). `clock`: the server's own. `objectLock`: its buckets retain what is put into them. */
export async function startS3Server(
  buckets: string[],
  {
    pageSize = 1000,
    clock = { now: () => performance.timeOrigin + performance.now() },
    objectLock = false,
  } = {},
): Promise<S3Server> {
  const stored = (body: Buffer) => object(body, clock.now());
  const content = new Map(buckets.map((bucket) => [bucket, new Map<string, StoredObject>()]));
  const faults: Required<Fault>[] = [];
  const lost: { method: string; then: (() => void) | undefined }[] = [];
  const requests: string[] = [];

  function handle(request: IncomingMessage, body: Buffer): Answer {
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];

    const fault = faults.find((one) => one.method === '' || one.method === method);
    if (fault) {
      fault.times -= 1;
      if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
      return refusal(fault.status, fault.code, fault.message);
    }
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      return refusal(403, 'AccessDenied', 'Access Denied');
    }
    const objects = content.get(bucket);
    if (!objects) return refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (key === '') return method === 'GET' ? list(bucket, objects, url.searchParams) : notImplemented();
    switch (method) {
      case 'GET': {
        const object = objects.get(key);
        if (!object) return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
        return {
          status: 200,
          headers: {
            ETag: object.etag,
            'Content-Type': 'application/json',
            'Last-Modified': new Date(object.modifiedAt).toUTCString(),
          },
          body: object.body,
        };
      }
      case 'PUT':
        return mistakenUpload(request, body, objectLock) ?? put(objects, key, request, stored(body));
      case 'DELETE':
        objects.delete(key);
        return { status: 204 };
      default:
        return notImplemented();
    }
  }

  function list(bucket: string, objects: Map<string, StoredObject>, query: URLSearchParams): Answer {
    if (query.get('list-type') !== '2') return notImplemented();
    const prefix = query.get('prefix') ?? '';
    const token = query.get('continuation-token');
    const delimiter = query.get('delimiter');
    const from =
      token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
    // What a delimiter rolls up is one entry, and comes once.
    const entryOf = (key: string) => {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? key : key.slice(0, end + 1);
    };
    const after = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > from);
    const matching = [...new Set(after.map(entryOf))]
      .filter((entry) => token === null || entry > from)
      .sort();
    const page = matching.slice(0, Math.min(pageSize, Number(query.get('max-keys') ?? 1000)));
    const last = page.at(-1);
    const truncated = page.length < matching.length && last !== undefined;
    return {
      status: 200,
      headers: { 'Content-Type': 'application/xml' },
      body: [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
        `<Name>${escapeXml(bucket)}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>`,
        `<IsTruncated>${truncated}</IsTruncated>`,
        truncated
          ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>`
          : '',
        ...page.map((key) =>
          delimiter !== null && key.endsWith(delimiter)
            ? `<CommonPrefixes><Prefix>${escapeXml(key)}</Prefix></CommonPrefixes>`
            : `<Contents><Key>${escapeXml(key)}</Key><Size>${objects.get(key)?.body.length}</Size></Contents>`,
        ),
        '</ListBucketResult>',
      ].join(''),
    };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const method = request.method ?? '';
      requests.push(`${method} ${request.url}`);
      const answer = handle(request, Buffer.concat(chunks));
      const loss = lost.find((one) => one.method === method);
      if (loss) {
        lost.splice(lost.indexOf(loss), 1);
        loss.then?.();
        request.socket.destroy();
        return;
      }
      send(response, {
        ...answer,
        headers: { Date: new Date(clock.now()).toUTCString(), ...answer.headers },
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const objectsOf = (bucket: string) => {
    const objects = content.get(bucket);
    if (!objects) throw new Error(`no bucket ${bucket}`);
    return objects;
  };
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    put(bucket, key, text) {
      objectsOf(bucket).set(key, stored(Buffer.from(text)));
    },
    makeOlder(bucket, key, seconds) {
      const object = objectsOf(bucket).get(key);
      if (object) object.modifiedAt -= seconds * 1000;
    },
    get: (bucket, key) => objectsOf(bucket).get(key)?.body.toString(),
    failNext(fault) {
      faults.push({ method: '', times: 1, ...fault });
    },
    loseNextAnswer(method, then) {
      lost.push({ method, then });
    },
    pendingFaults: () => faults.length + lost.length,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What S3 refuses before it looks at the object. */
function mistakenUpload({ headers }: IncomingMessage, body: Buffer, objectLock: boolean): Answer | undefined {
  if (headers['content-encoding']?.includes('aws-chunked')) return notImplemented();
  const { 'x-amz-checksum-crc32': checksum, 'content-md5': md5 } = headers;
  if (objectLock && checksum === undefined && md5 === undefined) {
    return refusal(
      400,
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) {
    return refusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (checksum !== undefined && checksum !== checksumOf(body)) {
    return refusal(400, 'BadDigest', 'The CRC32 you specified did not match what we received.');
  }
  return undefined;
}

function put(
  objects: Map<string, StoredObject>,
  key: string,
  request: IncomingMessage,
  wanted: StoredObject,
): Answer {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') return notImplemented();
  const present = objects.get(key);
  if (ifNoneMatch === '*' && present) return preconditionFailed('If-None-Match');
  if (ifMatch !== undefined) {
    if (!present) return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
    if (present.etag !== ifMatch) return preconditionFailed('If-Match');
  }
  objects.set(key, wanted);
  return { status: 200, headers: { ETag: wanted.etag } };
}

function object(body: Buffer, modifiedAt: number): StoredObject {
  return { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, modifiedAt };
}

function checksumOf(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

function preconditionFailed(condition: string): Answer {
  return refusal(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    `<Condition>${condition}</Condition>`,
  );
}

function notImplemented(): Answer {
  return refusal(
    501,
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
  );
}

function refusal(status: number, code: string, message: string, more = ''): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${more}<RequestId>TEST</RequestId></Error>`;
  return { status, headers: { 'Content-Type': 'application/xml' }, body };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'x-amz-request-id': 'TEST', ...headers });
  response.end(body);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
