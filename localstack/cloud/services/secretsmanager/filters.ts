import { notImplemented } from '../../core/aws-error';
import { constraint, type Request } from './request';
import type { SecretRecord } from './secret-record';

type Filter = { readonly Key?: unknown; readonly Values?: readonly unknown[] };
type Matcher = (secret: SecretRecord, value: string) => boolean;

const startsWith = (text: string, value: string, ignoreCase = false): boolean =>
  ignoreCase ? text.toLowerCase().startsWith(value.toLowerCase()) : text.startsWith(value);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  name: ({ name }, value) => startsWith(name, value),
  description: ({ description = '' }, value) => startsWith(description, value, true),
  'tag-key': ({ tags }, value) => Object.keys(tags).some((key) => startsWith(key, value)),
  'tag-value': ({ tags }, value) => Object.values(tags).some((one) => startsWith(one, value)),
  all: ({ name, description = '', tags }, value) => {
    const words = wordsIn([name, description, ...Object.entries(tags).flat()].join(' '));
    return wordsIn(value).every((wanted) => words.some((word) => word.startsWith(wanted)));
  },
};

const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s/_+=.@-]+/)
    .filter(Boolean);

/** Whether a secret passes all filters of a request: any of the values of each, `!` in front of a value for its opposite. */
export function filterIn({ Filters }: Request): (secret: SecretRecord) => boolean {
  const filters = ((Filters ?? []) as readonly Filter[]).map(({ Key, Values = [] }) => {
    const key = String(Key);
    if (key === 'primary-region' || key === 'owning-service') {
      throw notImplemented(`secretsmanager: the filter ${key}`);
    }
    const matches = MATCHERS[key];
    if (!matches) {
      const known = [...Object.keys(MATCHERS), 'primary-region', 'owning-service'].join(', ');
      throw constraint(`'${key}' `, 'filters.1.member.key', `satisfy enum value set: [${known}]`);
    }
    return (secret: SecretRecord) =>
      Values.map(String).some((value) =>
        value.startsWith('!') ? !matches(secret, value.slice(1)) : matches(secret, value),
      );
  });
  return (secret) => filters.every((passes) => passes(secret));
}
