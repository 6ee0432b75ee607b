import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { localAssembly, projectRoot } from '../../support/local-assembly';

const folder = join(projectRoot, 'localstack');

describe('the compose file of LocalStack', () => {
  const { services } = parse(readFileSync(join(folder, 'docker-compose.yml'), 'utf8'));
  const { image, ports, environment, volumes } = services.localstack;
  const mounted = new Map<string, string>(
    (volumes as string[]).map((volume) => {
      const [from = '', to = ''] = volume.split(':');
      return [to, from];
    }),
  );

  test('pins the last free tag, and listens on this machine only', () => {
    expect(image).toBe('localstack/localstack:4.14');
    expect(ports).toEqual(['127.0.0.1:4566:4566']);
  });

  test('mounts the hooks, which can be run, and the app where they look for it', () => {
    const hooks = resolve(folder, mounted.get('/etc/localstack/init/ready.d')!);
    const names = readdirSync(hooks);
    expect(names).toEqual(['10-deploy-app.sh']);
    for (const name of names) {
      accessSync(join(hooks, name), constants.X_OK);
      expect(readFileSync(join(hooks, name), 'utf8')).toMatch(/^#!\/usr\/bin\/env bash\n/);
    }
    expect(resolve(folder, mounted.get('/opt/orderstream/assembly')!)).toBe(localAssembly());
    expect(readFileSync(join(hooks, '10-deploy-app.sh'), 'utf8')).toContain('/opt/orderstream/assembly');
    expect(existsSync(join(localAssembly(), 'manifest.json'))).toBe(true);
  });

  test('starts every service that a resource of the app is of', () => {
    const started = (environment.SERVICES as string).split(',');
    for (const type of typesOfApp()) {
      const service = type.split('::')[1]!.toLowerCase();
      expect(started).toContain(service);
    }
  });
});

/** How LocalStack 4.14 is known to be, as nobody can run it where there is no Docker. */
test('the app has only resources that the free LocalStack can make', () => {
  const { types, source } = JSON.parse(readFileSync(join(folder, 'localstack-4.14-resource-types.json'), 'utf8'));
  expect(source).toContain('github.com/localstack/localstack/tree/v4.14.0/');
  expect(typesOfApp().filter((type) => !types.includes(type))).toEqual([]);
  expect(types.filter((type: string) => type.startsWith('AWS::ApiGatewayV2'))).toEqual([]);
});

function typesOfApp(): string[] {
  const templates = readdirSync(localAssembly()).filter((name) => name.endsWith('.template.json'));
  expect(templates.length).toBeGreaterThan(1);
  const types = templates.flatMap((name) => {
    const { Resources } = JSON.parse(readFileSync(join(localAssembly(), name), 'utf8'));
    return Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  });
  return [...new Set(types)].sort();
}
