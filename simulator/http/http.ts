import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  method: string;
  /** The path as it was sent, without the query. It is not decoded. */
  path: string;
  query: URLSearchParams;
  header(name: string): string | undefined;
  body: string;
  /** Aborted when the client gives up or the simulator closes. */
  gone: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The outcome of a request: an answer, a dropped connection, or silence until the client gives up. */
export type Outcome = Answer | 'reset' | 'hang';

/** A port on 127.0.0.1. After `stop` it refuses connections, and `start` opens the same port again. */
export class Address {
  readonly #handle: (request: Request) => Promise<Outcome>;
  #server: Server | undefined;
  #port: number;

  /** Without a port, or with 0, a free one is taken when it listens. */
  constructor(handle: (request: Request) => Promise<Outcome>, port = 0) {
    this.#handle = handle;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  listen(): Promise<void> {
    const server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => {
        // The simulator itself has a defect, so the answer must not look like one of Camunda.
        console.error('simulator:', error);
        response.writeHead(599).end(`simulator: ${String(error)}`);
      });
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', () => {
        const address: AddressInfo | string | null = server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  /** Refuses new connections and drops the open ones. */
  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  start(): void {
    if (this.#server !== undefined) return;
    this.listen().catch((error: unknown) => {
      throw error; // another process has taken the port, which a test cannot recover from
    });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableEnded) gone.abort();
    });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    } catch {
      return; // the client disconnected while it was still sending
    }
    const url = new URL(incoming.url ?? '/', 'http://simulator');
    const outcome = await this.#handle({
      method: incoming.method ?? 'GET',
      path: (incoming.url ?? '/').split('?')[0] ?? '/',
      query: url.searchParams,
      header: (name) => {
        const value = incoming.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : value;
      },
      body: Buffer.concat(chunks).toString('utf8'),
      gone: gone.signal,
    });
    if (outcome === 'hang') return; // the socket stays open until the client or close() ends it
    if (outcome === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (gone.signal.aborted) return;
    response.writeHead(outcome.status, outcome.headers);
    response.end(incoming.method === 'HEAD' ? '' : outcome.body);
  }
}
