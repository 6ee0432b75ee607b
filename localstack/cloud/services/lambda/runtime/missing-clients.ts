import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

/**
 * AWS's Node runtimes bring every client of the SDK along; here there are those that the project has installed. A function
 * that only loads another one runs, as on AWS. One that makes use of it fails and says how to get it.
 */
export function explainMissingClients(): void {
  const modules = Module as unknown as { _load: Load };
  const load = modules._load;
  modules._load = function (this: unknown, request: string, ...rest: unknown[]) {
    if (!request.startsWith('@aws-sdk/')) return load.call(this, request, ...rest);
    try {
      return load.call(this, request, ...rest);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${request}'`)) throw error;
      return standIn(request);
    }
  };
}

/** What a function is told that needs a package which is not there. */
export const howToInstall = (packageName: string): string =>
  `${packageName} is not installed here, although AWS's runtime has it: npm install -D ${packageName}`;

/** A module whose every export fails when it is used. */
function standIn(packageName: string): object {
  const fail = function NotInstalled(): never {
    throw new Error(howToInstall(packageName));
  };
  // Behind the object itself, so that whoever copies the members of a module keeps them too.
  const anything = new Proxy(
    {},
    { get: (_, name) => (typeof name === 'string' && name !== 'then' ? fail : undefined) },
  );
  const module = Object.create(anything) as object;
  Object.defineProperty(module, '__esModule', { value: true });
  // For those that look for the client by its name, as CDK's AwsCustomResource does.
  Object.defineProperty(module, 'NotInstalledClient', { value: fail, enumerable: true });
  return module;
}
