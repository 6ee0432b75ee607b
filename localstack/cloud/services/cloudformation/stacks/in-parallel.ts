import type { Dependencies } from '../template/dependencies';

/**
 * Runs `work` for each id as soon as all that it depends on is done. After a failure nothing new is started; what
 * runs is waited for. Resolves with the failures, in the order in which they happened.
 */
export async function inParallel(
  dependencies: Dependencies,
  work: (id: string) => Promise<void>,
): Promise<{ id: string; error: unknown }[]> {
  const waiting = new Map([...dependencies].map(([id, needed]) => [id, new Set(needed)]));
  const running = new Map<string, Promise<void>>();
  const failures: { id: string; error: unknown }[] = [];
  const startReady = () => {
    if (failures.length > 0) return;
    for (const [id, needed] of [...waiting]) {
      if (needed.size > 0) continue;
      waiting.delete(id);
      running.set(id, run(id));
    }
  };
  const run = async (id: string) => {
    try {
      await work(id);
      for (const needed of waiting.values()) needed.delete(id);
    } catch (error) {
      failures.push({ id, error });
    }
    running.delete(id);
    startReady();
  };
  startReady();
  while (running.size > 0) await Promise.race(running.values());
  return failures;
}

/** The same dependencies, the other way round: what is to be deleted before what. */
export function reversed(dependencies: Dependencies): Dependencies {
  const result = new Map([...dependencies.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, needed] of dependencies) {
    for (const other of needed) result.get(other)?.add(id);
  }
  return result;
}
