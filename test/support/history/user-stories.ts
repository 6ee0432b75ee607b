import type { Draft } from './draft';
import type { Call, Command, Saying } from './history';

/** Users who come and go, and want the same few e-mail addresses. Resolves with their ids. */
export function addUsers(draft: Draft): readonly string[] {
  const { dice } = draft;
  const emails = dice.times(dice.int(2, 3), () => `${draft.name('mail')}@example.com`);
  return dice.times(dice.pick(1, 1, 2, 2, 3), () => {
    const userId = draft.name('u');
    const says = (type: string, data: Readonly<Record<string, unknown>> = {}): Saying => ({
      stream: `user#${userId}`,
      type,
      data: { userId, ...data },
    });
    // One address in two spellings is still one.
    const email = () => (dice.chance(20) ? dice.oneOf(emails).toUpperCase() : dice.oneOf(emails));
    const person = { email: email(), name: draft.name('name') };
    const sayings = [
      says('UserCreated', person),
      ...dice.times(dice.int(0, 2), () =>
        says('UserUpdated', dice.chance(60) ? { email: email() } : { name: draft.name('name') }),
      ),
      ...(dice.chance(40) ? [says('UserDeleted')] : []),
    ];
    if (dice.chance(30)) draft.sequences.push(sayings.map((saying) => call(draft, saying)));
    else for (const saying of sayings) draft.put(saying);
    if (dice.chance(15)) draft.put(says('UserCreated', { ...person, name: draft.name('name') }));
    if (dice.chance(15)) draft.put(says('UserCreated', person));
    return userId;
  });
}

function call(draft: Draft, saying: Saying): Call {
  const { userId, ...rest } = saying.data;
  const [method, path, body] = {
    UserCreated: ['POST', '/users', saying.data],
    UserUpdated: ['PATCH', `/users/${userId}`, rest],
    UserDeleted: ['DELETE', `/users/${userId}`, {}],
  }[saying.type as 'UserCreated' | 'UserUpdated' | 'UserDeleted'] as [Command['method'], string, Command['body']];
  const command = draft.command({ ...saying, method, path, body, key: draft.name('k') });
  return { do: 'command', command, times: draft.dice.chance(30) ? 2 : 1 };
}
