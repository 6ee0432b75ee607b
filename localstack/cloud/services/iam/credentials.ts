import { randomBytes } from 'node:crypto';
import { randomName } from '../../core/ids';
import type { Credentials } from '../../core/peers';
import { Records } from '../../core/records';
import type { CloudContext, Principal } from '../../core/service';
import { type IamState, noSuchEntity } from './state';

type Session = Credentials & { readonly roleArn: string; readonly sessionArn: string };

/** Temporary credentials of roles. They survive a restart of the cloud, and end when their time is up. */
export class SessionCredentials {
  readonly #context: CloudContext;
  readonly #state: IamState;
  readonly #sessions: Records<Session>;
  readonly #principals = new Map<string, Principal>();

  constructor(context: CloudContext, state: IamState) {
    this.#context = context;
    this.#state = state;
    this.#sessions = new Records(context.store.space('iam-sessions'));
  }

  /** Throws `NoSuchEntity` when there is no such role. */
  issue(roleArn: string, sessionName: string, seconds: number): Credentials {
    const role = this.#state.findRole(roleArn);
    if (!role) throw noSuchEntity(`The role with ARN ${roleArn} cannot be found.`);
    this.#forgetExpired();
    const account = roleArn.split(':')[4]!;
    const credentials: Credentials = {
      // The CLI and CDK tell temporary keys by this prefix, and the edge tells roles from the developer by it.
      accessKeyId: `ASIA${randomName(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
      expiresAt: this.#context.clock.now() + seconds * 1000,
    };
    this.#sessions.set(credentials.accessKeyId, {
      ...credentials,
      roleArn,
      sessionArn: `arn:aws:sts::${account}:assumed-role/${role.name}/${sessionName}`,
    });
    return credentials;
  }

  resolve(accessKeyId: string): Principal | undefined {
    const session = this.#sessions.get(accessKeyId);
    if (!session || session.expiresAt <= this.#context.clock.now()) return undefined;
    let principal = this.#principals.get(accessKeyId);
    if (!principal) {
      principal = { kind: 'role', roleArn: session.roleArn, arn: session.sessionArn };
      this.#principals.set(accessKeyId, principal);
    }
    return principal;
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#sessions.get(accessKeyId)?.secretAccessKey;
  }

  #forgetExpired(): void {
    const now = this.#context.clock.now();
    for (const [accessKeyId, session] of this.#sessions.entries()) {
      if (session.expiresAt > now) continue;
      this.#sessions.delete(accessKeyId);
      this.#principals.delete(accessKeyId);
    }
  }
}
