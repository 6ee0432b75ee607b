import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Copies each function to its bundle, and makes the "CDK app", which runs when it is synthesised. */
const BUILD = `
const { cpSync, mkdirSync, readdirSync, rmSync } = require('node:fs');
rmSync('dist/functions', { recursive: true, force: true });
for (const name of readdirSync('functions')) {
  mkdirSync('dist/functions/' + name, { recursive: true });
  cpSync('functions/' + name, 'dist/functions/' + name, { recursive: true });
}
cpSync('lib/app.cjs', 'dist/app.cjs');
`;

/** An app of one stack with the function `greet`, whose asset is named after its content, as CDK does it. */
export const APP = `
const { createHash } = require('node:crypto');
const { cpSync, readFileSync, writeFileSync } = require('node:fs');
const out = process.env.CDK_OUTDIR;
const write = (file, content) => writeFileSync(out + '/' + file, JSON.stringify(content));
const hash = createHash('sha256').update(readFileSync('dist/functions/greet/index.mjs')).digest('hex');
cpSync('dist/functions/greet', out + '/asset.' + hash, { recursive: true });
const bucketName = 'cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}';
write('Small.assets.json', {
  files: {
    [hash]: { source: { path: 'asset.' + hash, packaging: 'zip' }, destinations: { here: { bucketName, objectKey: hash + '.zip' } } },
  },
});
write('Small.template.json', {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    },
    Greet: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'small-greet',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Bucket: { 'Fn::Sub': bucketName }, S3Key: hash + '.zip' },
      },
    },
  },
});
write('manifest.json', {
  artifacts: {
    'Small.assets': { type: 'cdk:asset-manifest', properties: { file: 'Small.assets.json' } },
    Small: { type: 'aws:cloudformation:stack', dependencies: ['Small.assets'], properties: { templateFile: 'Small.template.json' } },
  },
});
`;

/** A project that can be built and synthesised in milliseconds. */
export class SmallProject {
  readonly root = mkdtempSync(join(tmpdir(), 'small-project-'));

  constructor() {
    this.write(
      'scripts/build.mjs',
      `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);${BUILD}`,
    );
    this.write('lib/app.cjs', APP);
    this.write('cdk.json', '{}');
    this.greet('hello');
  }

  /** The function's code: it answers `greeting`. */
  greet(greeting: string): void {
    this.write('functions/greet/index.mjs', `export const handler = async () => ${JSON.stringify(greeting)};\n`);
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.root, path, '..'), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
