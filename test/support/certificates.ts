/**
 * Makes X.509 certificates during a test with Node alone, because certificates in the repository would expire, and not
 * every machine has openssl. It has just enough of DER (ITU-T X.690) and of RFC 5280 for a server on a loopback
 * address.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

export interface Identity {
  /** PEM texts, as https.createServer takes them. */
  key: string;
  cert: string;
}

export interface Wanted {
  /** The name of the subject, and the only DNS name that the certificate is good for. */
  name: string;
  /** The signer. Without one, the certificate signs itself. */
  issuer?: Authority;
  validFrom?: Date;
  validTo?: Date;
}

export interface Authority extends Identity {
  name: string;
  privateKey: KeyObject;
}

/** A certificate authority that Node trusts only if it gets the `cert`. */
export function certificateAuthority(name: string): Authority {
  return certificate({ name }, true);
}

export function serverCertificate(wanted: Wanted): Identity {
  return certificate(wanted, false);
}

function certificate({ name, issuer, validFrom, validTo }: Wanted, isAuthority: boolean): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 24 * 3600_000;
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(validFrom ?? new Date(Date.now() - day)), time(validTo ?? new Date(Date.now() + day))),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority ? basicConstraints : alternativeName(name))),
  );
  const signature = sign('sha256', toBeSigned, issuer?.privateKey ?? privateKey);
  const whole = sequence(toBeSigned, algorithm, der(0x03, Buffer.of(0), signature));
  return {
    name,
    privateKey,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: new X509Certificate(whole).toString(),
  };
}

/** A tag, the length of the content, and the content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const text = (value: string) => der(0x0c, Buffer.from(value));
const nameOf = (commonName: string) => sequence(der(0x31, sequence(oid('550403'), text(commonName))));
const time = (at: Date) => der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));

const critical = der(0x01, Buffer.of(0xff));
const basicConstraints = sequence(oid('551d13'), critical, der(0x04, sequence(critical)));
const alternativeName = (name: string) =>
  sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
