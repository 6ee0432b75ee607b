import { runEvents } from './command';

try {
  const { code, output } = runEvents(process.argv.slice(2), process.cwd());
  (code === 0 ? console.log : console.error)(output);
  process.exitCode = code;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
