import { randomBytes } from 'node:crypto';
import { randomName } from '../../core/ids';
import type { Credentials, SessionScope } from '../../core/peers';
import { Records } from '../../core/records';
import type { CloudContext, Principal } from '../../core/service';
import { type IamState, noSuchEntity } from './state';

type Session = Credentials & {
  readonly roleArn: string;
  readonly sessionArn: string;
  readonly userId: string;
  readonly issuedAt: number;
  readonly scope?: SessionScope;
};

/** How long it is known of credentials that they have expired, rather than that there are none. */
const KEPT_MS = 24 * 3_600_000;

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
  issue(roleArn: string, sessionName: string, seconds: number, scope?: SessionScope): Credentials {
    const role = this.#state.findRole(roleArn);
    if (!role) throw noSuchEntity(`The role with ARN ${roleArn} cannot be found.`);
    this.#forgetOld();
    const account = roleArn.split(':')[4]!;
    const issuedAt = this.#context.clock.now();
    const credentials: Credentials = {
      // The CLI and CDK tell temporary keys by this prefix, and the edge tells roles from the developer by it.
      accessKeyId: `ASIA${randomName(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
      expiresAt: issuedAt + seconds * 1000,
    };
    this.#sessions.set(credentials.accessKeyId, {
      ...credentials,
      roleArn,
      sessionArn: `arn:aws:sts::${account}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      issuedAt,
      ...(scope && { scope }),
    });
    return credentials;
  }

  resolve(accessKeyId: string): Principal | undefined {
    const session = this.#sessions.get(accessKeyId);
    if (!session || session.expiresAt <= this.#context.clock.now()) return undefined;
    let principal = this.#principals.get(accessKeyId);
    if (!principal) {
      const { userId, issuedAt, scope } = session;
      principal = {
        kind: 'role',
        roleArn: session.roleArn,
        arn: session.sessionArn,
        session: { userId, issuedAt, tags: scope?.tags ?? {}, policies: scope?.policies ?? [] },
      };
      this.#principals.set(accessKeyId, principal);
    }
    return principal;
  }

  issued(accessKeyId: string): Credentials | undefined {
    return this.#sessions.get(accessKeyId);
  }

  #forgetOld(): void {
    const now = this.#context.clock.now();
    for (const [accessKeyId, session] of this.#sessions.entries()) {
      if (session.expiresAt + KEPT_MS > now) continue;
      this.#sessions.delete(accessKeyId);
      this.#principals.delete(accessKeyId);
    }
  }
}
