import type { Route } from '../core/service';

export type RouteMatch = { readonly route: Route; readonly params: Record<string, string> };

/** Matches REST paths: `{Name}` is one segment, `{Name+}` the rest. Values are percent-decoded. */
export class RouteTable {
  readonly #routes: { route: Route; pattern: RegExp; names: string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => {
      const names: string[] = [];
      const source = route.path
        .replace(/\/?$/, '')
        .replace(/[.]/g, '\\.')
        .replace(/\{(\w+)(\+?)\}/g, (_, name, rest) => {
          names.push(name as string);
          return rest ? '(.+)' : '([^/]+)';
        });
      return { route, names, pattern: new RegExp(`^${source}/?$`) };
    });
  }

  match(method: string, path: string): RouteMatch | undefined {
    for (const { route, pattern, names } of this.#routes) {
      if (route.method !== method) continue;
      const match = pattern.exec(path);
      if (!match) continue;
      const params: Record<string, string> = {};
      names.forEach((name, index) => {
        params[name] = decodeURIComponent(match[index + 1]!);
      });
      return { route, params };
    }
    return undefined;
  }
}
