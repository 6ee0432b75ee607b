import type { AwsError } from '../core/aws-error';
import type { HttpReply, HttpRequest } from '../core/http';
import { type Protocol, RawJson } from '../core/service';
import { escapeXml, toXml, XmlMap } from './xml';

/** How a protocol puts results and errors on the wire. */
export interface Encoding {
  result(operation: string, output: object | undefined | void, requestId: string, status?: number): HttpReply;
  error(error: AwsError, requestId: string): HttpReply;
}

const json = (value: object | undefined | void): string =>
  value instanceof RawJson ? value.text : JSON.stringify(value ?? {});

function awsJson(version: '1.0' | '1.1'): Encoding {
  const contentType = `application/x-amz-json-${version}`;
  return {
    result: (_operation, output, requestId) => ({
      status: 200,
      headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
      body: json(output),
    }),
    error: (error, requestId) => {
      const { queryErrorCode, ...fields } = error.fields;
      return {
        status: error.status,
        headers: {
          'content-type': contentType,
          'x-amzn-requestid': requestId,
          // SQS: SDKs made for its older query protocol know its errors by these codes.
          ...(typeof queryErrorCode === 'string' ? { 'x-amzn-query-error': `${queryErrorCode};Sender` } : {}),
        },
        body: JSON.stringify({ __type: error.code, message: error.message, ...fields }),
      };
    },
  };
}

function awsQuery(namespace: string, maps: readonly string[] = []): Encoding {
  const headers = (requestId: string) => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  const metadata = (requestId: string) => `<RequestId>${requestId}</RequestId>`;
  return {
    result: (operation, output, requestId) => ({
      status: 200,
      headers: headers(requestId),
      body:
        `<${operation}Response xmlns="${namespace}"><${operation}Result>${toXml(withEntries(output ?? {}, maps))}</${operation}Result>` +
        `<ResponseMetadata>${metadata(requestId)}</ResponseMetadata></${operation}Response>`,
    }),
    error: (error, requestId) => ({
      status: error.status,
      headers: headers(requestId),
      body:
        `<ErrorResponse xmlns="${namespace}"><Error><Type>${error.status >= 500 ? 'Receiver' : 'Sender'}</Type>` +
        `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>` +
        `${metadata(requestId)}</ErrorResponse>`,
    }),
  };
}

/** Maps as XML has them: `<entry>`s of `<key>` and `<value>`. */
function withEntries(output: object, maps: readonly string[]): object {
  if (maps.length === 0) return output;
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [name, maps.includes(name) ? new XmlMap(value) : value]),
  );
}

const restJson: Encoding = {
  result: (_operation, output, requestId, status = 200) => ({
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
    body: status === 204 ? '' : json(output),
  }),
  error: (error, requestId) => ({
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({
      Type: error.status >= 500 ? 'Service' : 'User',
      message: error.message,
      Message: error.message,
      ...error.fields,
    }),
  }),
};

const restXml: Encoding = {
  result: (_operation, output, requestId) => ({
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body: toXml(output ?? {}),
  }),
  error: (error, requestId) => ({
    status: error.status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
    body:
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message>${toXml(error.fields)}` +
      `<RequestId>${requestId}</RequestId><HostId>${requestId}</HostId></Error>`,
  }),
};

/** The wire form of a service's protocol. */
export function encodingOf(protocol: Protocol): Encoding {
  switch (protocol.kind) {
    case 'json':
      return awsJson(protocol.version);
    case 'query':
      return awsQuery(protocol.namespace, protocol.maps);
    case 'rest-json':
      return restJson;
    case 'rest-xml':
      return restXml;
  }
}

/** EC2's own form of the query protocol. */
const ec2Query: Encoding = {
  ...awsQuery(''),
  error: (error, requestId) => ({
    status: error.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body:
      `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  }),
};

/** Services that are not here, and whose clients read XML though nothing in their requests says so. */
const REST_XML_SERVICES = ['cloudfront', 'route53'];

/** For a request whose service is not here: the form that its client reads, by what it looks like. */
export function encodingFor({ headers }: HttpRequest, signingName: string | undefined): Encoding {
  const contentType = String(headers['content-type'] ?? '');
  const version = /^application\/x-amz-json-(1\.[01])/.exec(contentType)?.[1] as '1.0' | '1.1' | undefined;
  if (version) return awsJson(version);
  if (signingName === 'ec2') return ec2Query;
  const form = contentType.startsWith('application/x-www-form-urlencoded');
  return form || REST_XML_SERVICES.includes(signingName ?? '') ? awsQuery('') : restJson;
}
