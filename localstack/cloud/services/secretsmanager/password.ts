import { randomInt } from 'node:crypto';
import { invalidParameter } from './errors';
import { constraint, type Request } from './request';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const TYPES: readonly (readonly [exclude: string, characters: string])[] = [
  ['ExcludeLowercase', LOWER],
  ['ExcludeUppercase', LOWER.toUpperCase()],
  ['ExcludeNumbers', '0123456789'],
  ['ExcludePunctuation', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
];

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export function randomPassword(request: Request): string {
  const length = Number(request.PasswordLength ?? 32);
  const bound = length > 4_096 ? 'less than or equal to 4096' : 'greater than or equal to 1';
  if (!(length >= 1 && length <= 4_096)) throw constraint(`'${length}' `, 'passwordLength', `have value ${bound}`);
  const excluded = String(request.ExcludeCharacters ?? '');
  const without = (characters: string) => [...characters].filter((one) => !excluded.includes(one)).join('');
  const types = TYPES.filter(([exclude]) => request[exclude] !== true).map(([, characters]) => without(characters));
  if (request.IncludeSpace === true) types.push(without(' '));
  const included = types.filter((characters) => characters !== '');
  const all = included.join('');
  if (all === '') throw invalidParameter('The password must be allowed at least one character.');
  const required = request.RequireEachIncludedType === false ? [] : included;
  if (length < required.length) throw invalidParameter('Password length is too short based on the required types.');
  const password = required.map(pick);
  while (password.length < length) password.push(pick(all));
  return shuffled(password).join('');
}

const pick = (characters: string): string => characters[randomInt(characters.length)] as string;

/** So that nobody knows which places have the required types. */
function shuffled(items: readonly string[]): string[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as string, mixed[last] as string];
  }
  return mixed;
}
