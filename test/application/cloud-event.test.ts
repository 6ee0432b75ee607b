import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { cloudEventProblems } from '../../functions/application/cloud-event-rules';
import { decodeEvent } from '../../functions/application/decode-event';
import { rejectionFact } from '../../functions/application/rejection-fact';
import { changed, violations } from '../support/cloud-event-violations';
import { envelope } from '../support/envelopes';
import { payloads } from '../support/orders';

const event = new CloudEvent({
  id: 'ce-1',
  source: '/shops/berlin',
  type: 'OrderCreated',
  time: '2026-01-02T03:04:05.678Z',
  data: payloads.created('o-1'),
}).toJSON();

const onTheBus = (detail: object) => decodeEvent(envelope('OrderCreated', detail));

describe('a CloudEvent straight on the bus', () => {
  it('is taken as the official SDK makes it', () => {
    expect(onTheBus(event)).toMatchObject({ ok: true, event: { id: 'ce-1', time: '2026-01-02T03:04:05.678Z' } });
  });

  // Without `specversion` it is not known as a CloudEvent: then `detail` is just a payload.
  it.each(violations.filter(({ name }) => name !== 'specversion is missing'))(
    'is rejected when $name, and the attribute is named',
    ({ change, field }) => {
      const decoded = onTheBus(changed(event, change));
      if (decoded.ok) throw new Error('it was taken');
      const problem = { field, expected: expect.stringMatching(/./) };
      expect(decoded.invalid.problems).toEqual(expect.arrayContaining([expect.objectContaining(problem)]));
    },
  );

  it('is rejected when nothing here can be made of its data', () => {
    for (const change of [
      { datacontenttype: 'text/xml', data: '<order/>' },
      { datacontenttype: 'image/png', data: undefined, data_base64: 'e30=' },
    ])
      expect(onTheBus(changed(event, change))).toMatchObject({
        ok: false,
        invalid: { problems: expect.arrayContaining([expect.objectContaining({ field: 'datacontenttype' })]) },
      });
  });

  it.each(violations.filter(({ name }) => name !== 'specversion is missing'))(
    'is answered with a fact that is a CloudEvent itself, when $name',
    ({ change }) => {
      const decoded = onTheBus(changed(event, change));
      if (decoded.ok) throw new Error('it was taken');
      const { detail } = rejectionFact(decoded.invalid, '2026-01-02T03:04:06.000Z');
      expect(cloudEventProblems(detail)).toEqual([]);
      expect(new CloudEvent(detail as never).validate()).toBe(true);
    },
  );

  it('is rejected under a name that a table can keep', () => {
    const half = '\ud83d';
    const decoded = onTheBus({
      ...event,
      id: half,
      source: half,
      type: `Order${half}`,
      correlationid: half,
      [half]: 1,
    });
    if (decoded.ok) throw new Error('it was taken');
    const { problems, ...invalid } = decoded.invalid;
    expect(JSON.stringify([invalid, problems.map(({ field }) => field)])).not.toContain('\\ud83d');
    expect(invalid).toMatchObject({ id: '\ufffd', source: '\ufffd', type: 'Order\ufffd' });
  });

  it('happened in the second after a leap second', () => {
    expect(onTheBus({ ...event, time: '2016-12-31T23:59:60.5Z' })).toMatchObject({
      ok: true,
      event: { time: '2017-01-01T00:00:00.500Z' },
    });
  });

  it('does not have an extension that is null', () => {
    expect(onTheBus({ ...event, subject: null, dataschema: null, tenant: null, correlationid: null })).toMatchObject({
      ok: true,
      event: { metadata: {} },
    });
    expect(onTheBus({ ...event, data_base64: null })).toMatchObject({ ok: true });
  });
});

describe('the rules of CloudEvents', () => {
  it.each([
    ['extensions of every type', { flag: true, least: -2147483648, most: 2147483647, none: '', bin: 'AAE=' }],
    ['characters beyond the basic plane', { id: '😀', tenant: '\ud83d\ude00' }],
    ['names of digits, and of what objects have anyway', { 7: 'x', constructor: 'x', valueof: 'x' }],
    ['null for what is not there', { subject: null, time: null, datacontenttype: null, dataschema: null }],
    ['data that are null', { data: null }],
    ['no data', { data: undefined }],
    ['a text for data that are not JSON', { datacontenttype: 'text/xml', data: '<x/>' }],
    ['any text for data that are JSON', { datacontenttype: 'application/json', data: 'hello' }],
    ['bytes', { data: undefined, data_base64: 'AAEC/w==', datacontenttype: 'image/png' }],
    ['no bytes', { data: undefined, data_base64: '', datacontenttype: 'image/png' }],
    ['JSON in bytes', { data: undefined, data_base64: 'e30=', datacontenttype: 'application/json' }],
    ['a leap second, and a time in lower case', { time: '1990-12-31t23:59:60z' }],
  ])('allow %s', (_, change) => {
    expect(cloudEventProblems(changed(event, change))).toEqual([]);
  });

  // But for URIs with nothing behind their scheme (`x:`), which RFC 3986 allows and the SDK does not.
  it('are at least as strict as those of the official SDK', () => {
    const anything = fc.oneof(
      fc.constantFrom(
        '',
        'a',
        '1.0',
        '/x',
        'a b',
        '%',
        'x:y',
        'x:y#z',
        'application/json',
        'text',
        '2026-01-02T03:04:05Z',
      ),
      fc.jsonValue({ maxDepth: 1 }),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
    );
    const name = fc.constantFrom('source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema', 'tenant', 'a-b');
    fc.assert(
      fc.property(fc.dictionary(name, anything, { minKeys: 1, maxKeys: 3 }), (change) => {
        const given = changed(event, change);
        const isBare = /^[a-z][a-z\d+.-]*:(\?|$)/i.test(String(given.dataschema));
        if (!isBare && isRefusedBySdk(given))
          expect({ given, problems: cloudEventProblems(given) }).not.toMatchObject({ problems: [] });
      }),
      { numRuns: 500 },
    );
  });
});

function isRefusedBySdk(given: Record<string, unknown>): boolean {
  try {
    return !new CloudEvent(given as never).validate();
  } catch {
    return true;
  }
}
