/** Something that can go on in different ways, and that can be begun again from the same start. */
export interface World {
  /** What may happen next, by name; none: the world is at rest. The same history gives the same names. */
  choices(): readonly string[];
  take(choice: string): Promise<void>;
  /** Worlds with the same key have the same future. */
  key(): string;
}

export type Explored = { readonly states: number; readonly ends: number };

/**
 * Goes every way that a world can go, and looks at it at each end. Stateless model checking with a memory: a state that has been
 * seen is not followed again; to come back to a branch, the world is begun anew and led there.
 */
export async function explore<W extends World>(
  begin: () => W,
  atRest: (world: W, way: readonly string[]) => void,
): Promise<Explored> {
  const seen = new Set<string>();
  let ends = 0;
  const branches: (readonly string[])[] = [[]];
  for (let branch = branches.pop(); branch; branch = branches.pop()) {
    const world = begin();
    for (const choice of branch) await world.take(choice);
    const way = [...branch];
    for (;;) {
      const key = world.key();
      if (seen.has(key)) break;
      seen.add(key);
      const [next, ...others] = world.choices();
      if (next === undefined) {
        ends += 1;
        atRest(world, way);
        break;
      }
      for (const other of others) branches.push([...way, other]);
      await world.take(next);
      way.push(next);
    }
  }
  return { states: seen.size, ends };
}
