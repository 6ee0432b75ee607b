// `npm run check`: everything that can be said about the code without running it, side by side.
import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

const checks = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '--pretty', 'false'] },
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '--max-diagnostics=50'] },
  { name: 'architecture', command: 'jest', args: ['test/architecture.test.ts', '--silent', '--reporters=default'] },
  { name: 'events', command: 'node', args: ['scripts/run.mjs', 'scripts/events/main.ts', 'check'] },
  { name: 'unused', command: 'knip', args: ['--no-progress'] },
];

const bin = resolve('node_modules/.bin');
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1' };

function run({ name, command, args }) {
  const startedAt = performance.now();
  return new Promise((done) => {
    const child = spawn(command, args, { env, shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const end = (ok) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
      console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${seconds} s`);
      done({ name, ok, output });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

const failures = (await Promise.all(checks.map(run))).filter(({ ok }) => !ok);
for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`);
process.exitCode = failures.length > 0 ? 1 : 0;
