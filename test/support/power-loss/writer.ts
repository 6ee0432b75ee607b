import { writeSync } from 'node:fs';
import { Store } from '../../../localstack/cloud/core/store';
import { writeBatch } from './batches';

/** Writers that share commits, as concurrent requests do. */
const WRITERS = 3;

/** `<dir> <sync|no-sync> <batches>`: writes batches, and prints `durable <n>` for each as it is acknowledged. */
async function main([dir, sync, batches]: readonly string[]): Promise<void> {
  const store = new Store({ dir: dir!, sync: sync === 'sync' });
  let last = 0;
  const write = async () => {
    while (last < Number(batches)) {
      const n = ++last;
      writeBatch(store, n);
      await store.durable();
      writeSync(1, `durable ${n}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  // As a machine ends that loses its power: nothing is closed.
  process.exit(0);
}

void main(process.argv.slice(2));
