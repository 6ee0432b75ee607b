import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

/** Where AWS's own services answer: `dynamodb.us-east-1.amazonaws.com`, `….lambda-url.us-east-1.on.aws`, …. */
const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|on\.aws)\.?$/i;

type Options = Record<string, unknown> & { host?: string; hostname?: string; servername?: string; socket?: unknown };
type Connect = (...values: unknown[]) => net.Socket;

/**
 * Leads every connection to a host of AWS to the cloud at `endpoint`: no request of a function leaves the machine for AWS, and
 * what speaks HTTPS to such a host (the response of a custom resource, a presigned URL) finds its service here, which knows
 * it by the Host header. Below `http`, `https` and `fetch`, so that it holds for all of them.
 */
export function keepAwsHostsHere(endpoint: string): void {
  const { hostname, port } = new URL(endpoint);
  const here = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  const socket = net.Socket.prototype as unknown as { connect: Connect };
  const connect = socket.connect;
  socket.connect = function (this: net.Socket, ...values: unknown[]) {
    const [options, listener] = optionsOf(values);
    if (!isAws(options.host)) return connect.apply(this, values);
    return connect.call(this, { ...options, ...here }, listener);
  };
  const secure = tls as unknown as { connect: Connect };
  const connectSecurely = secure.connect;
  secure.connect = (...values) => {
    const [options, listener] = optionsOf(values);
    if (options.socket || !isAws(options.host ?? options.servername)) return connectSecurely(...values);
    return asIfSecure(net.connect(here), listener);
  };
  // For `import { connect } from 'tls'` in ES modules.
  syncBuiltinESMExports();
}

const isAws = (host: unknown): boolean => typeof host === 'string' && AWS_HOST.test(host);

/** Of all forms that `connect` takes: `(options, listener)`, `(port, host, options, listener)`, and `net`'s own `[options, listener]`. */
function optionsOf(values: unknown[]): [options: Options, listener: unknown] {
  const [first] = values;
  if (Array.isArray(first)) return [(first[0] ?? {}) as Options, first[1]];
  const options: Options = {};
  let listener: unknown;
  for (const value of values) {
    if (typeof value === 'number') options.port = value;
    else if (typeof value === 'string') options.host = value;
    else if (typeof value === 'function') listener = value;
    else Object.assign(options, value);
  }
  return [options, listener];
}

/** A plain connection with what callers ask a TLS socket. */
function asIfSecure(socket: net.Socket, listener: unknown): net.Socket {
  Object.assign(socket, {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    alpnProtocol: false,
    getPeerCertificate: () => ({}),
    getProtocol: () => 'TLSv1.3',
    getSession: () => undefined,
    isSessionReused: () => false,
  });
  if (typeof listener === 'function') socket.once('secureConnect', listener as () => void);
  socket.once('connect', () => socket.emit('secureConnect'));
  return socket;
}
