import { startCloud } from '../../localstack/cloud/cloud';

/** A local cloud with nothing deployed on it: `<port> <dir>`. Says `listening <endpoint>`; ends cleanly on SIGTERM. */
async function main(): Promise<void> {
  const [port = '0', dir] = process.argv.slice(2);
  const cloud = await startCloud({ port: Number(port), ...(dir ? { dir } : {}) });
  process.stdout.write(`listening ${cloud.endpoint}\n`);
  process.on('SIGTERM', () => {
    void cloud.stop().then(() => process.exit(0));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
