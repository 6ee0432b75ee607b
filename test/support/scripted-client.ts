/** A client of the SDK that gives these answers in turn (errors are thrown), and notes what it was asked. */
export class ScriptedClient {
  readonly inputs: unknown[] = [];
  /** The commands' names. */
  readonly commands: string[] = [];

  constructor(private readonly answers: readonly unknown[]) {}

  readonly send = async (command: { readonly input: unknown }): Promise<unknown> => {
    this.inputs.push(command.input);
    this.commands.push(command.constructor.name);
    const answer = this.answers[Math.min(this.inputs.length, this.answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };

  /** As the adapter's constructor wants it. */
  as<Client>(): Client {
    return this as unknown as Client;
  }
}

/** An error as the SDK throws it. */
export const awsError = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name, ...more });
