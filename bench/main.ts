import { cost } from './cost';
import { delivery } from './delivery';
import { deploy } from './deploy';
import { history } from './history';
import { hotSku } from './hot-sku';
import { kill } from './kill';
import { lists } from './lists';
import { pipeline } from './pipeline';
import { projections } from './projections';
import { snapshots } from './snapshots';
import { formatReport, type Report } from './support/report';

const BENCHES: Readonly<Record<string, () => Promise<Report>>> = {
  pipeline,
  delivery,
  kill,
  cost,
  snapshots,
  'hot-sku': hotSku,
  history,
  lists,
  projections,
  deploy,
};

/** `npm run bench [-- <name>] [--json] [--seeds <number>]`: runs one bench, or all of them; `--seeds` is for `history`. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const json = args.includes('--json');
  const names = args.filter((arg, index) => !arg.startsWith('--') && args[index - 1] !== '--seeds');
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`no bench "${name}"; there are: ${Object.keys(BENCHES).join(', ')}`);
    const report = await bench();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatReport(report));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
