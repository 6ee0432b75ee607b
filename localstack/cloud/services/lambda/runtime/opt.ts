import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

/** `require` of `/opt/nodejs/…`: what the layers of a function have there on AWS is below `layerRoot` here. */
export function findOptIn(layerRoot: string): void {
  const modules = Module as unknown as { _load: Load };
  const load = modules._load;
  modules._load = function (this: unknown, request: string, ...rest: unknown[]) {
    return load.call(this, request.startsWith('/opt/') ? layerRoot + request.slice('/opt'.length) : request, ...rest);
  };
}
