import { connect, type PeerCertificate } from 'node:tls';
import { describe } from '../errors.ts';
import type { TlsOptions } from './tls.ts';

/** The reason why a server gave no answer, what to do about it, and whether it may pass by itself. */
export interface Obstacle {
  what: string;
  remedy: string;
  passes: boolean;
}

/** The result of opening a TLS connection that trusts every certificate. */
interface Handshake {
  speaksTls: boolean;
  /** Node's code for the refused certificate, or for the failure of the TLS connection. */
  code: string | undefined;
  certificate?: PeerCertificate;
  /** The server closed the connection before this client sent anything. */
  hangsUp?: true;
}

/**
 * Finds out why `url` gave no answer. Node's error code usually says so. But the clients of the search engines keep no
 * code, a TLS server only closes a connection that does not speak TLS, and no code contains a certificate's names and
 * dates. In these cases this opens another TLS connection and sends nothing over it. `options` are the TLS settings of
 * the failed request.
 */
export async function obstacleAt(url: string, error: unknown, options?: TlsOptions): Promise<Obstacle> {
  const address = new URL(url);
  const code = networkCodeOf(error);
  const known = code === undefined ? undefined : network[code];
  if (known) return { what: describe(error), remedy: known(address), passes: true };
  const seen = await handshake(address, options);
  if (address.protocol === 'http:') return withoutTls(address, error, seen);
  const reason = isOfTls(code) ? code : seen.code;
  if (reason !== undefined && isOfTls(reason))
    return { ...tlsTrouble(address, reason, seen, options), passes: false };
  if (seen.hangsUp && options?.cert !== undefined) {
    return {
      what: `${address.host} closes the connection as soon as it has seen the certificate of its client`,
      remedy: showAnother(address),
      // A server that is being stopped also does this.
      passes: true,
    };
  }
  const found = reason === undefined ? undefined : network[reason];
  const remedy =
    found?.(address) ??
    (options?.cert === undefined
      ? `${closed(address)} If it asks for a certificate of its client, write \`tls.certificate\` and \`tls.key\` for this address.`
      : closed(address));
  return { what: describe(error), remedy, passes: true };
}

function withoutTls(address: URL, error: unknown, { speaksTls, code }: Handshake): Obstacle {
  if (speaksTls) {
    return {
      what: `${address.host} speaks TLS and was spoken to without it`,
      remedy: `Write https://${address.host} in the configuration.`,
      passes: false,
    };
  }
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return {
      what: `what listens at ${address.host} does not speak HTTP (${error.message})`,
      remedy: `Correct the port: another kind of server listens at ${address.host}.`,
      // This may be temporary: a restarting proxy was observed to send half a line.
      passes: true,
    };
  }
  const found = code === undefined ? undefined : network[code];
  return { what: describe(error), remedy: (found ?? closed)(address), passes: true };
}

/** The remedy if a server did not answer in time and gave no other hint. */
export function silence(url: string): string {
  return `${new URL(url).host} says nothing: see whether it hangs or is overloaded (its log), and whether something between drops the packets (network policy, security group, a port-forward that has died).`;
}

const closed = ({ host }: URL) =>
  `${host} can be reached, and gave no whole answer: see whether that server, or a proxy before it, restarts (its log).`;
const noWay = ({ host }: URL) =>
  `No packet reaches ${host}: check the route to it (network policy, security group, VPN, firewall).`;

/** The remedies by Node's codes for a connection that cannot be made, or that ended. Each of these errors may pass. */
const network: Record<string, (address: URL) => string> = {
  ECONNREFUSED: ({ host }) =>
    `Nothing listens at ${host}: see whether the server is up, whether the port is right, and whether a port-forward to it still runs.`,
  ENOTFOUND: ({ hostname }) =>
    `The name ${hostname} is not known here: correct it, or run camunda-backup where it is known (names of Kubernetes services are only known inside of the cluster).`,
  EAI_AGAIN: ({ hostname }) =>
    `The name server did not answer about ${hostname}: see whether DNS works here, and correct the name if it is wrong.`,
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  ETIMEDOUT: noWay,
  UND_ERR_CONNECT_TIMEOUT: noWay,
};

/** Whether a code of Node comes from OpenSSL's verification of a certificate or from the TLS protocol. */
export function isOfTls(code = ''): boolean {
  return Object.hasOwn(certificates, code) || code.startsWith('ERR_SSL_') || code === 'EPROTO';
}

type Trouble = Pick<Obstacle, 'what' | 'remedy'>;
type Described = (
  address: URL,
  code: string,
  certificate: PeerCertificate | undefined,
  options: TlsOptions,
) => Trouble;

const untrusted: Described = ({ host }, code, certificate, { ca }) => {
  const issuer = certificate?.issuer?.CN;
  const server = `the certificate of ${host}${issuer ? `, issued by "${issuer}",` : ''}`;
  if (ca !== undefined) {
    return {
      what: `${server} is not issued by an authority in \`tls.ca\` (${code})`,
      remedy:
        'Put the certificate of the authority that has issued it (PEM) into the file or the secret that `tls.ca` names, or find out why another server answers there.',
    };
  }
  return {
    what: `${server} is not trusted here (${code})`,
    remedy:
      'Put the certificate of the authority that has issued it (PEM) into a file, and write the path of that file into `tls.ca` of this address, or set NODE_EXTRA_CA_CERTS to it where camunda-backup runs.',
  };
};

const certificates: Record<string, Described> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: ({ host }, _, certificate) => ({
    what: `the certificate of ${host} has expired${certificate ? ` (valid until ${certificate.valid_to})` : ''}`,
    remedy: `Renew the certificate of ${host}, and let the server load it. If it is valid, set the clock of this machine.`,
  }),
  CERT_NOT_YET_VALID: ({ host }, _, certificate) => ({
    what: `the certificate of ${host} is not valid yet${certificate ? ` (valid from ${certificate.valid_from})` : ''}`,
    remedy: `Set the clock of this machine, or issue the certificate of ${host} anew.`,
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host, hostname }, _, certificate, { servername }) => {
    const names = certificate?.subjectaltname;
    const wanted = servername ?? hostname;
    return {
      what: `the certificate of ${host} is not for the name ${wanted}${names ? `, but for ${names}` : ''}`,
      remedy: `Write a name into the url that is in the certificate, or that name into \`tls.serverName\`, or issue the certificate for ${wanted} too.`,
    };
  },
};

function tlsTrouble(
  address: URL,
  code: string,
  { speaksTls, certificate }: Handshake,
  options: TlsOptions = {},
): Trouble {
  const { host } = address;
  const known = certificates[code];
  if (known) return known(address, code, certificate, options);
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(EXPIRED|UNKNOWN|REVOKED)/.test(code)) {
    return options.cert
      ? {
          what: `${host} refuses the certificate of its client (${code})`,
          remedy: showAnother(address),
        }
      : {
          what: `${host} asks for a certificate of its client (${code})`,
          remedy: `Write \`tls.certificate\` and \`tls.key\` for this address, or let ${host} take clients without a certificate.`,
        };
  }
  if (/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER/.test(code)) {
    return {
      what: `${host} and Node do not have a version of TLS or a cipher in common (${code})`,
      remedy: `Let ${host} speak TLS 1.2 or later.`,
    };
  }
  if (!speaksTls) {
    return {
      what: `https is spoken to ${host}, which does not answer in TLS (${code})`,
      remedy: `Write http://${host} in the configuration, or correct the port.`,
    };
  }
  return {
    what: `there is no TLS connection to ${host} (${code})`,
    remedy: `See what this means for the certificate or the TLS settings of ${host}: openssl s_client -connect ${host}`,
  };
}

const showAnother = ({ host }: URL) =>
  `Show it a certificate that it accepts (\`tls.certificate\` and \`tls.key\`); the log of ${host} may say what is wrong with this one.`;

/** This limit is short, because nothing is sent and the caller has already waited. */
const handshakeMilliseconds = 3000;
/** A server that refuses a client's certificate does so within a round trip. */
const verdictMilliseconds = 500;

function handshake({ hostname, port, protocol }: URL, options: TlsOptions | undefined): Promise<Handshake> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      // TLS requests a server by its name, and an IP address is not a name.
      ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
      ...options,
      rejectUnauthorized: false,
      timeout: handshakeMilliseconds,
    });
    let seen: Handshake | undefined;
    const end = (found: Handshake) => {
      resolve(found);
      socket.destroy();
    };
    socket.once('secureConnect', () => {
      const refusal: unknown = socket.authorizationError;
      const code = typeof refusal === 'string' ? refusal : networkCodeOf(refusal);
      seen = { speaksTls: true, code, certificate: socket.getPeerCertificate() };
      if (code !== undefined) end(seen);
      // In TLS 1.3 the server only checks the client's certificate now.
      else socket.setTimeout(verdictMilliseconds);
    });
    socket.once('timeout', () => end(seen ?? { speaksTls: false, code: 'ETIMEDOUT' }));
    socket.on('error', (error) => end({ ...(seen ?? { speaksTls: false }), code: networkCodeOf(error) }));
    socket.once('close', () =>
      end(seen ? { ...seen, hangsUp: true } : { speaksTls: false, code: undefined }),
    );
  });
}

/** The code of an error, or of the first error of an aggregate: a name may have several addresses. */
function networkCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? networkCodeOf(error.errors[0]) : undefined;
}
