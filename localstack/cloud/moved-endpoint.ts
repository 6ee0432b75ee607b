import type { Store } from './core/store';

/** Where URLs that were handed out stand: in stacks' resources and outputs, functions' environments, schedules' inputs. */
const SPACES = ['cfn-stacks', 'cfn-resources', 'lambda-functions', 'scheduler-schedules', 'scheduler-invocations'];

/**
 * Remembers where this cloud is reached. When its state was made on another port, the URLs in it are made to point
 * here: otherwise a function would send to a queue of a cloud that is no longer there.
 */
export function moveEndpoint(store: Store, endpoint: string): void {
  const own = store.space('cloud');
  const before = own.get('endpoint');
  if (before === endpoint) return;
  own.put('endpoint', endpoint);
  if (before === undefined) return;
  for (const name of SPACES) {
    const space = store.space(name);
    for (const [key, value] of [...space.range({})]) {
      // The slash keeps port 456 apart from 4566.
      if (value.includes(`${before}/`)) space.put(key, value.replaceAll(`${before}/`, `${endpoint}/`));
    }
  }
}
