import { createHmac } from 'node:crypto';
import type { NameKeeper, Vault } from '../../application/ports';

/** The owner of the secret in the Keys table: no stream has this name. */
const SECRET = 'names';

/**
 * `<kind>#<base64url HMAC-SHA256>`. A plain hash of an e-mail address is found by trying addresses; without the secret this one
 * is not. Whoever needs the secret first makes it; it is never destroyed, so it is kept as long as its environment lives.
 */
export class HmacNameKeeper implements NameKeeper {
  #secret: Promise<Uint8Array> | undefined;

  constructor(private readonly vault: Pick<Vault, 'ensureKey'>) {}

  async nameOf(kind: string, text: string): Promise<string> {
    const hmac = createHmac('sha256', await this.secret());
    return `${kind}#${hmac.update(`${kind}\0${text}`).digest('base64url')}`;
  }

  private secret(): Promise<Uint8Array> {
    this.#secret ??= this.read().catch((error) => {
      this.#secret = undefined;
      throw error;
    });
    return this.#secret;
  }

  private async read(): Promise<Uint8Array> {
    const secret = await this.vault.ensureKey(SECRET);
    if (!secret) throw new Error(`the key of "${SECRET}" was destroyed: claims of names can no longer be recognised`);
    return secret;
  }
}
