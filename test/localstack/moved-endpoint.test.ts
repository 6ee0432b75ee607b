import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lifecycle } from '../support/orders';
import { System } from '../support/system';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'moved-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a cloud that is started on another port', () => {
  it('hands out URLs of the new port, and its functions send to queues there', async () => {
    const first = await System.start({ dir });
    const before = first.endpoint!;
    await first.stop();
    const second = await System.start({ dir });
    try {
      expect(second.endpoint).not.toBe(before);
      expect(JSON.stringify(second.outputs)).not.toContain(`${before}/`);
      // Parked events come back by way of a queue whose URL stands in the environment of project-feed.
      const orderId = second.newId('o');
      await second.put(...lifecycle(orderId).toReversed());
      await second.settled(async () => expect(await second.stream(`order#${orderId}`)).toHaveLength(5));
    } finally {
      await second.stop();
    }
  }, 60_000);
});
