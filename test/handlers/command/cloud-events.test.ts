import { beforeEach, describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { derivedId } from '../../../functions/adapters/derived-id';
import type { PutCloudEvent } from '../../../functions/application/event-bus';
import { commandApp } from '../../../functions/handlers/command/app';
import { binaryRequest } from '../../support/binary-request';
import { changed, violations } from '../../support/cloud-event-violations';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryTelemetry } from '../../support/memory-telemetry';
import { sdkEvent } from '../../support/sdk-events';

let put: PutCloudEvent[];
let failures: readonly { readonly index: number; readonly error: string; readonly retryable: boolean }[];
let app: ReturnType<typeof commandApp>;

beforeEach(() => {
  put = [];
  failures = [];
  const bus = {
    put: async (given: readonly PutCloudEvent[]) => {
      put.push(...given);
      return failures;
    },
  };
  const execute = () => Promise.reject(new Error('no command is expected'));
  app = commandApp({ execute, bus, telemetry: new MemoryTelemetry(), effects: new FixedEffects(), derivedId });
});

type Headers = Readonly<Record<string, string>>;

async function post(body: unknown, headers: Headers, env?: object) {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const request = { method: 'POST', headers, ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }) };
  const answer = await app.request('/events', request as RequestInit, env);
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; the tests say what that is.
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const structured = (event: unknown, headers: Headers = STRUCTURED) => post(event, headers);
const batch = (events: unknown) => post(events, BATCH);

const CE = { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': '/shops/berlin', 'ce-type': 'Note' };
const binary = (headers: Headers, body: unknown = '{}') =>
  post(body, { ...CE, 'content-type': 'application/json', ...headers });

const order = new CloudEvent({
  id: 'ce-1',
  source: '/shops/berlin',
  type: 'OrderConfirmed',
  time: '2026-01-02T03:04:05.678Z',
  subject: 'ö',
  tenant: 'acme',
  attempt: 3,
  data: { orderId: 'o-1' },
});
const sent: object = JSON.parse(order.toString());

const fieldsOf = ({ body }: { body: { problems: { field: string }[] } }) => body.problems.map(({ field }) => field);

describe('what the official SDK sends', () => {
  it('is taken structured', async () => {
    const { headers, body } = HTTP.structured(order);
    const answer = await post(body, headers as Headers);
    expect(answer).toMatchObject({ status: 202, body: { accepted: [{ id: 'ce-1', source: '/shops/berlin' }] } });
    expect(put).toEqual([
      { source: '/shops/berlin', type: 'OrderConfirmed', time: '2026-01-02T03:04:05.678Z', event: sent },
    ]);
  });

  it('is taken in binary mode', async () => {
    const plain = order.cloneWith({ subject: 'o-1' });
    const { headers, body } = HTTP.binary(plain);
    expect((await post(body, headers as Headers)).status).toBe(202);
    const datacontenttype = 'application/json; charset=utf-8';
    expect(put.map(({ event }) => event)).toEqual([{ ...sent, subject: 'o-1', attempt: '3', datacontenttype }]);
  });

  it('is taken as a batch', async () => {
    expect((await batch([order, order.cloneWith({ id: 'ce-2' })])).body.accepted).toEqual([
      { id: 'ce-1', source: '/shops/berlin' },
      { id: 'ce-2', source: '/shops/berlin' },
    ]);
    expect(put.map(({ event }) => event)).toEqual([sent, { ...sent, id: 'ce-2' }]);
  });

  it('comes out on the bus as it went in, whatever it is, in every mode', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sdkEvent, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('structured', 'binary', 'batch'),
        async (events, mode) => {
          put = [];
          const requests =
            mode === 'batch'
              ? [{ headers: BATCH, body: JSON.stringify(events) }]
              : events.map((event) => (mode === 'binary' ? binaryRequest(event) : HTTP.structured(event)));
          for (const { headers, body } of requests) expect((await post(body, headers as Headers)).status).toBe(202);
          const expected = events.map((event) => (mode === 'binary' ? inTexts(event) : JSON.parse(event.toString())));
          expect(JSON.stringify(put.map(({ event }) => sorted(event)))).toBe(JSON.stringify(expected.map(sorted)));
          for (const { event } of put) expect(new CloudEvent(event as never).validate()).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** The SDK's own JSON of an event that has been through headers, where every attribute is its canonical text. */
function inTexts(event: CloudEvent<unknown>): Record<string, unknown> {
  const { data, data_base64, ...attributes } = JSON.parse(event.toString());
  const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)]);
  return {
    datacontenttype: 'application/json; charset=utf-8',
    ...Object.fromEntries(texts),
    ...(data !== undefined && { data }),
    ...(data_base64 !== undefined && { data_base64 }),
  };
}

const sorted = (event: object) => Object.fromEntries(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('what breaks a rule of the specification is refused, and nothing goes on the bus', () => {
  it.each(violations)('when $name', async ({ change, field }) => {
    const answer = await structured(changed(sent, change));
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:problem-type:orderstream:invalid-request' } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const { [field]: value } = change;
    expect(answer.body.problems).toEqual([
      { field, ...(value !== undefined && { value }), expected: expect.stringMatching(/./) },
    ]);
    expect((await batch([order, changed(sent, change)])).body.problems).toMatchObject([{ field: `[1].${field}` }]);
    expect(put).toEqual([]);
  });

  it('naming all that is wrong at once', async () => {
    const answer = await batch([{ ...sent, id: '', time: 'now' }, order, { ...sent, specversion: '0.3' }]);
    expect(fieldsOf(answer)).toEqual(['[0].id', '[0].time', '[2].specversion']);
    expect(answer.body.detail).toContain('[2].specversion is "0.3"; expected "1.0"');
  });

  it('naming no more than a hundred problems', async () => {
    const answer = await batch(Array.from({ length: 60 }, () => ({ ...sent, id: '', time: 'now' })));
    expect(answer.body.problems).toHaveLength(100);
  });

  it('when an attribute stands there twice', async () => {
    const twice = `{"id":"other",${JSON.stringify(sent).slice(1)}`;
    expect(fieldsOf(await structured(twice))).toEqual(['id']);
    expect(fieldsOf(await post(`[${JSON.stringify(sent)},${twice}]`, BATCH))).toEqual(['[1].id']);
    const escaped = `{"\\u0069d":"other",${JSON.stringify(sent).slice(1)}`;
    expect(fieldsOf(await structured(escaped))).toEqual(['id']);
  });

  it.each(['3.0', '3e0', '3E2', '-0.0'])('when an Integer is written as %s', async (number) => {
    const text = JSON.stringify({ ...sent, attempt: 'N' }).replace('"N"', number);
    expect(await structured(text)).toMatchObject({ status: 400, body: { problems: [{ field: 'attempt' }] } });
  });

  it('but members and numbers of the data are its own affair', async () => {
    const text = JSON.stringify({ ...sent, data: 'D' }).replace('"D"', '{"id":"x","n":[1.0,{"id":"}\\"{"}],"n":2e0}');
    expect((await structured(text)).status).toBe(202);
    expect(put[0]?.event.data).toEqual({ id: 'x', n: 2 });
  });
});

describe('structured mode', () => {
  it.each([
    'application/cloudevents+json; charset=utf-8',
    'application/cloudevents+json;charset="UTF-8"',
    'Application/CloudEvents+JSON',
    'application/cloudevents+json; charset=us-ascii',
  ])('is %s', async (type) => {
    expect((await structured(sent, { 'content-type': type })).status).toBe(202);
    expect(put.map(({ event }) => event)).toEqual([sent]);
  });

  it.each([
    'application/cloudevents+avro',
    'application/cloudevents+protobuf',
    'application/cloudevents',
    'application/cloudevents-batch+avro',
    'application/cloudevents+json; charset=iso-8859-1',
    'application/cloudevents-batch+json; charset=utf-16',
  ])('is not %s, even with the headers of binary mode', async (type) => {
    const answer = await post('[]', { ...CE, 'content-type': type });
    expect(answer.status).toBe(415);
    expect(answer.body.detail).toContain(type);
    expect(answer.headers.get('accept')).toContain('application/cloudevents');
  });

  it('has an object in JSON in its body, and that in UTF-8', async () => {
    expect(await structured('{')).toMatchObject({
      status: 400,
      body: { type: expect.stringContaining('invalid-json') },
    });
    expect(await structured('')).toMatchObject({
      status: 400,
      body: { type: expect.stringContaining('invalid-json') },
    });
    for (const body of ['[]', 'null', '"text"', '7']) expect(fieldsOf(await structured(body))).toEqual(['body']);
    const bytes = Buffer.from(JSON.stringify({ ...sent, subject: 'ö' }), 'latin1');
    expect(await post(new Uint8Array(bytes), STRUCTURED)).toMatchObject({
      status: 400,
      body: { problems: [{ field: 'body', expected: 'text in UTF-8' }] },
    });
  });

  it('has its attributes in the body, whatever headers say', async () => {
    expect((await structured(sent, { ...STRUCTURED, ...CE, 'ce-id': 'other', 'ce-datacontenttype': 'x' })).status).toBe(
      202,
    );
    expect(put.map(({ event }) => event)).toEqual([sent]);
  });

  it('drops attributes that are null, and keeps data that are', async () => {
    const nulls = { subject: null, time: null, tenant: null, data_base64: null, data: null };
    expect((await structured({ ...sent, ...nulls })).status).toBe(202);
    const { subject: _s, time: _t, tenant: _e, ...rest } = sent as Record<string, unknown>;
    expect(put).toMatchObject([{ time: '2026-01-01T12:00:00.000Z' }]);
    expect(put[0]?.event).toEqual({ ...rest, data: null });
  });

  it('takes a leap second as it is written, and its instant for the bus', async () => {
    expect((await structured({ ...sent, time: '2016-12-31t23:59:60z' })).status).toBe(202);
    expect(put).toMatchObject([{ time: '2017-01-01T00:00:00.000Z', event: { time: '2016-12-31t23:59:60z' } }]);
  });
});

describe('batched mode', () => {
  it('may be empty', async () => {
    expect(await batch([])).toMatchObject({ status: 202, body: { accepted: [] } });
  });

  it('is a list of objects', async () => {
    for (const body of [sent, null, 'text', 7]) expect(fieldsOf(await batch(JSON.stringify(body)))).toEqual(['body']);
    expect(fieldsOf(await batch([sent, null, [], 'text', sent, 7]))).toEqual(['[1]', '[2]', '[3]', '[5]']);
    expect(put).toEqual([]);
  });

  it('has one specversion, and that is 1.0', async () => {
    expect(fieldsOf(await batch([sent, { ...sent, specversion: '1.1' }]))).toEqual(['[1].specversion']);
  });

  it('is no longer than what can be put in time', async () => {
    const events = Array.from({ length: 1001 }, (_, n) => ({ ...sent, id: `ce-${n}` }));
    expect((await batch(events.slice(0, 1000))).status).toBe(202);
    expect(await batch(events)).toMatchObject({
      status: 400,
      body: { problems: [{ field: 'body', expected: 'at most 1000 CloudEvents in a batch; it has 1001' }] },
    });
    expect(put).toHaveLength(1000);
  });
});

describe('binary mode', () => {
  it.each([
    // HTTP protocol binding 1.0.2, section 3.1.3.2.
    ['percent-encoded UTF-8', 'Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['lower-case hexadecimal digits', 'Euro%20%e2%82%ac', 'Euro €'],
    ['what need not be encoded', '%41%2f', 'A/'],
    ['one round only', '%2541', '%41'],
    ['plain spaces', 'a b', 'a b'],
    ['double quotes around it', '"a \\"b\\" \\\\ c%20d"', 'a "b" \\ c d'],
    ['double quotes within', 'say "hi"', 'say "hi"'],
  ])('decodes %s', async (_, header, subject) => {
    expect((await binary({ 'ce-subject': header })).status).toBe(202);
    expect(put[0]?.event.subject).toBe(subject);
  });

  it.each([
    ['an overlong encoding', '%C0%A0'],
    ['half of a surrogate pair', '%ED%BA%AD'],
    ['UTF-8 cut short', '%E2%82'],
    ['a percent sign alone', '100%'],
    ['digits that are not hexadecimal', '%zz'],
    ['what has to be encoded', 'ö'],
    ['a quote that does not end', '"a'],
    ['something behind the quotes', '"a" b'],
  ])('refuses %s', async (_, header) => {
    const answer = await binary({ 'ce-subject': header });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ field: 'ce-subject', value: header }] } });
  });

  it('refuses control characters, encoded or not', async () => {
    expect(fieldsOf(await binary({ 'ce-subject': 'a%0Ab' }))).toEqual(['ce-subject']);
    expect(fieldsOf(await binary({ 'ce-subject': 'a\tb' }))).toEqual(['ce-subject']);
  });

  it.each([
    ['ce-specversion', { 'ce-specversion': '0.3' }],
    ['ce-source', { 'ce-source': 'a%20b' }],
    ['ce-time', { 'ce-time': 'yesterday' }],
    ['ce-dataschema', { 'ce-dataschema': 'order.json' }],
    ['ce-tenant-id', { 'ce-tenant-id': 'acme' }],
    ['ce-', { 'ce-': 'acme' }],
    ['ce-__proto__', { 'ce-__proto__': 'acme' }],
    ['ce-datacontenttype', { 'ce-datacontenttype': 'application/json' }],
    ['ce-data', { 'ce-data': '{}' }],
    ['ce-data_base64', { 'ce-data_base64': 'e30=' }],
    ['content-type', { 'content-type': 'json' }],
  ])('names the header that is wrong: %s', async (field, headers) => {
    const answer = await binary(headers as Headers);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual([field]);
    expect(put).toEqual([]);
  });

  it('names each header that is missing', async () => {
    const answer = await post('{}', { 'ce-id': 'x', 'content-type': 'application/json' });
    expect(fieldsOf(answer)).toEqual(['ce-specversion', 'ce-source', 'ce-type']);
  });

  it('has headers in any case, and values that are texts', async () => {
    const headers = { 'CE-SpecVersion': '1.0', 'Ce-Id': '7', 'cE-sOURCE': '/x', 'CE-TYPE': 'Note', 'Ce-Attempt': '3' };
    expect((await post(undefined, headers)).status).toBe(202);
    expect(put[0]?.event).toEqual({ specversion: '1.0', id: '7', source: '/x', type: 'Note', attempt: '3' });
  });

  it('has its data in the body: JSON as JSON, text as text, anything else in base64', async () => {
    await binary({}, '{"a":[1,"ö"]}');
    await binary({ 'content-type': 'application/problem+json' }, '7');
    await binary({ 'content-type': 'text/plain' }, 'hello');
    await binary({ 'content-type': 'application/xml' }, '<x/>');
    await binary({ 'content-type': 'text/plain' }, new Uint8Array([0xff]));
    await binary({ 'content-type': 'text/plain' }, '');
    expect(
      put.map(({ event: { datacontenttype, data, data_base64 } }) => ({ datacontenttype, data, data_base64 })),
    ).toEqual([
      { datacontenttype: 'application/json', data: { a: [1, 'ö'] } },
      { datacontenttype: 'application/problem+json', data: 7 },
      { datacontenttype: 'text/plain', data: 'hello' },
      { datacontenttype: 'application/xml', data_base64: 'PHgvPg==' },
      { datacontenttype: 'text/plain', data_base64: '/w==' },
      { datacontenttype: 'text/plain' },
    ]);
  });

  it('without a content type has JSON for data', async () => {
    const body = (text: string) => new Uint8Array(Buffer.from(text));
    expect((await post(body('{}'), CE)).status).toBe(202);
    const answer = await post(body('hello'), CE);
    expect(answer.body.problems).toMatchObject([
      { field: 'body', value: 'hello', expected: expect.stringMatching('content-type') },
    ]);
  });

  it('refuses data that are not what the content type says', async () => {
    expect(await binary({}, 'hello')).toMatchObject({
      status: 400,
      body: { problems: [{ field: 'body', value: 'hello', expected: 'JSON, as application/json says' }] },
    });
    expect((await binary({ 'content-type': 'application/json; charset=utf-16' })).status).toBe(415);
  });

  it('sees headers as Lambda hands them over: empty ones, and those that are not ASCII', async () => {
    const headers = { ...CE, 'ce-subject': '', 'ce-tenant': '%20ö' };
    const answer = await post(undefined, CE, { event: { headers } });
    expect(fieldsOf(answer)).toEqual(['ce-tenant', 'ce-subject']);
  });
});

describe('a request that is no CloudEvent at all', () => {
  it.each([{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}])(
    '%j is refused',
    async (headers) => {
      const answer = await post(new Uint8Array(Buffer.from('{}')), headers as Headers);
      expect(answer.status).toBe(415);
      expect(answer.headers.get('accept')).toContain('application/cloudevents+json');
    },
  );
});

describe('a CloudEvent that this bus cannot carry is refused', () => {
  it.each([
    ['id', { id: 'x'.repeat(257) }, 'at most 256 characters'],
    ['source', { source: `/${'x'.repeat(256)}` }, 'at most 256 characters'],
    ['type', { type: 'x'.repeat(129) }, 'at most 128 characters'],
    ['source', { source: 'orderstream' }, 'marks facts'],
    ['source', { source: 'orderstream/commands' }, 'marks facts'],
    ['source', { source: 'aws.s3' }, 'aws.'],
    ['data', { data: 'x'.repeat(256 * 1024) }, 'at most 262144 bytes'],
  ])('for its %s', async (field, change, expected) => {
    const answer = await batch([sent, changed(sent, change)]);
    expect(answer.body.problems).toEqual([expect.objectContaining({ field: `[1].${field}` })]);
    expect(answer).toMatchObject({
      status: 400,
      body: { problems: [{ expected: expect.stringContaining(expected) }] },
    });
    expect(put).toEqual([]);
  });

  it('but one that just fits is taken', async () => {
    const room = 256 * 1024 - 14 - '/shops/berlin'.length - 'Note'.length;
    const around = JSON.stringify({ ...sent, type: 'Note', data: '' }).length + 1;
    expect((await structured({ ...sent, type: 'Note', data: 'x'.repeat(room - around) })).status).toBe(202);
    expect((await structured({ ...sent, type: 'Note', data: 'x'.repeat(room - around + 1) })).status).toBe(400);
  });
});

describe('when the bus does not take an event', () => {
  it('the answer tells which, and whether to try again', async () => {
    failures = [{ index: 1, error: 'ThrottlingException: slow down', retryable: true }];
    const answer = await batch([sent, { ...sent, id: 'ce-2' }]);
    expect(answer).toMatchObject({
      status: 503,
      body: { failed: [{ id: 'ce-2', source: '/shops/berlin', error: 'ThrottlingException: slow down' }] },
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    failures = [{ index: 0, error: 'MalformedDetail: no', retryable: false }];
    expect((await structured(sent)).status).toBe(422);
  });
});
