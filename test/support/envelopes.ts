/** An event as EventBridge delivers it. */
export type Envelope = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
};

/** A bare payload in an envelope; id and everything else as EventBridge would make them. */
export function envelope(type: string, detail: unknown, over: Partial<Envelope> = {}): Envelope {
  return {
    version: '0',
    id: `${type}-id`,
    'detail-type': type,
    source: 'shop',
    account: '000000000000',
    time: '2026-01-01T10:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail,
    ...over,
  };
}

/** A CloudEvent in an envelope of its own. */
export function cloudEventEnvelope(attributes: Readonly<Record<string, unknown>>): Envelope {
  const event = { specversion: '1.0', id: 'ce-1', source: '/shops/berlin', type: 'OrderCreated', ...attributes };
  return envelope(String(event.type), event, { id: 'envelope-id', source: 'envelope.source' });
}
