/**
 * What breaks a rule of CloudEvents 1.0.2 or of its JSON format, each as a change of a valid CloudEvent; undefined leaves
 * the attribute out. `field`: the attribute that is to be named.
 */
export type Violation = {
  readonly name: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly field: string;
};

const text = (field: string, name: string, value: unknown): Violation => ({
  name: `${field} ${name}`,
  change: { [field]: value },
  field,
});

const required = ['id', 'source', 'type', 'specversion'].flatMap((field) => [
  text(field, 'is missing', undefined),
  text(field, 'is null, which is missing', null),
  text(field, 'is empty', ''),
  text(field, 'is a number', 1),
  text(field, 'is an object', {}),
]);

const optional = ['subject', 'time', 'datacontenttype', 'dataschema'].flatMap((field) => [
  text(field, 'is empty', ''),
  text(field, 'is a number', 1),
  text(field, 'is a list', []),
]);

const strings = ['id', 'type', 'subject', 'tenant'].flatMap((field) => [
  text(field, 'has a line break (U+000A)', 'a\nb'),
  text(field, 'has U+0000', 'a\u0000'),
  text(field, 'has a control character (U+007F)', 'a\u007f'),
  text(field, 'has a control character (U+009F)', '\u009fa'),
  text(field, 'has half of a surrogate pair', 'a\udead'),
  text(field, 'has a noncharacter (U+FDD0)', 'a\ufdd0'),
  text(field, 'has a noncharacter (U+1FFFE)', `a${String.fromCodePoint(0x1fffe)}`),
]);

export const violations: readonly Violation[] = [
  ...required,
  ...optional,
  ...strings,
  text('specversion', 'is of the version before', '0.3'),
  text('specversion', 'has a patch version', '1.0.2'),
  text('source', 'has a space', '/shops/berlin mitte'),
  text('source', 'is not percent-encoded', '/shops/köln'),
  text('source', 'has a broken escape', '/shops/%zz'),
  text('source', 'has a host that is none', '//[::g]/'),
  text('time', 'is a date', '2026-01-02'),
  text('time', 'has no offset', '2026-01-02T03:04:05'),
  text('time', 'has no seconds', '2026-01-02T03:04Z'),
  text('time', 'is on a day that no month has', '2026-02-30T03:04:05Z'),
  text('time', 'has an hour that no day has', '2026-01-02T24:00:00Z'),
  text('time', 'has a leap second in the middle of a day', '2026-01-02T03:04:60Z'),
  text('time', 'has a space for a T', '2026-01-02 03:04:05Z'),
  text('time', 'has an offset without a colon', '2026-01-02T03:04:05+0100'),
  text('datacontenttype', 'has no subtype', 'json'),
  text('datacontenttype', 'has a parameter without a value', 'application/json; charset'),
  text('dataschema', 'is relative', '/schemas/order.json'),
  text('dataschema', 'has a fragment, which no absolute URI has', 'https://example.com/order.json#v1'),
  text('dataschema', 'is not percent-encoded', 'https://example.com/a b'),
  text('tenantId', 'is not in lower case', 'acme'),
  text('tenant-id', 'has a dash in its name', 'acme'),
  text('tenant_id', 'has an underscore in its name', 'acme'),
  text('ténant', 'has a letter in its name that is not ASCII', 'acme'),
  text('', 'has no name', 'acme'),
  text('__proto__', 'is not a name', 'acme'),
  text('tenant', 'is an object', { name: 'acme' }),
  text('tenant', 'is a list', ['acme']),
  text('count', 'is a fraction', 1.5),
  text('count', 'is above 2^31 - 1', 2147483648),
  text('count', 'is below -2^31', -2147483649),
  { name: 'data stand beside data_base64', change: { data_base64: 'e30=' }, field: 'data_base64' },
  { name: 'null data stand beside data_base64', change: { data: null, data_base64: 'e30=' }, field: 'data_base64' },
  { name: 'data_base64 is not base64', change: { data: undefined, data_base64: '!!' }, field: 'data_base64' },
  { name: 'data_base64 is not padded', change: { data: undefined, data_base64: 'e30' }, field: 'data_base64' },
  { name: 'data_base64 has a line break', change: { data: undefined, data_base64: 'e3\n0=' }, field: 'data_base64' },
  { name: 'data_base64 is a number', change: { data: undefined, data_base64: 7 }, field: 'data_base64' },
  {
    name: 'data_base64 is not what datacontenttype says',
    change: { data: undefined, data_base64: 'aGVsbG8=', datacontenttype: 'application/json' },
    field: 'data_base64',
  },
  { name: 'data that are not JSON are no text', change: { data: {}, datacontenttype: 'text/xml' }, field: 'data' },
];

/** A JSON object with the change in it; `__proto__` is a member like any other there. */
export function changed(event: object, change: Violation['change']): Record<string, unknown> {
  const members = [
    ...Object.entries(event).filter(([name]) => !Object.hasOwn(change, name)),
    ...Object.entries(change),
  ];
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
