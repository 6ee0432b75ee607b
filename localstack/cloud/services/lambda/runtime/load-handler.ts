import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './errors';
import { howToInstall } from './missing-clients';

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

/**
 * Loads `dir/file.export.path` from the task root, by the rules of AWS's Node runtime: a file without extension, then
 * `.js` (an ES module where package.json says so), `.mjs`, `.cjs`. Throws its `Runtime.*` errors.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  if (handler.includes('..')) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const name = basename(handler);
  const directory = handler.slice(0, handler.length - name.length);
  const dot = name.indexOf('.');
  if (dot < 0) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const loaded = await loadModule(resolve(taskRoot, directory, name.slice(0, dot)), name.slice(0, dot), taskRoot);
  let found: unknown = loaded;
  for (const key of name.slice(dot + 1).split('.')) found = (found as Record<string, unknown> | undefined)?.[key];
  if (!found) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found as Handler;
}

async function loadModule(path: string, name: string, taskRoot: string): Promise<unknown> {
  const require = createRequire(join(taskRoot, 'index.js'));
  try {
    if (existsSync(path) && !existsSync(join(path, 'package.json'))) return require(path);
    const isModule = belongsToEsModule(dirname(path));
    if (existsSync(`${path}.js`)) return isModule ? await importFile(`${path}.js`) : require(`${path}.js`);
    if (existsSync(`${path}.mjs`)) return await importFile(`${path}.mjs`);
    if (existsSync(`${path}.cjs`)) return require(`${path}.cjs`);
    return require(name);
  } catch (error) {
    const { code, message, stack } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${message}`, { ...(stack ? { stack } : {}) });
    }
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      const client = /'(@aws-sdk\/[^'/]+)/.exec(message)?.[1];
      const help = client === undefined ? '' : ` (${howToInstall(client)})`;
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${message}${help}`);
    }
    throw error;
  }
}

const importFile = (path: string): Promise<unknown> => import(pathToFileURL(path).href);

function belongsToEsModule(directory: string): boolean {
  for (let folder = directory; !folder.endsWith('/node_modules'); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      try {
        return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
      } catch {
        return false;
      }
    }
    if (folder === dirname(folder)) return false;
  }
  return false;
}
