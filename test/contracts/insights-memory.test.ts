import { MemoryLedger } from '../support/memory-ledger';
import { insightsContract } from './insights.contract';

const ledger = new MemoryLedger();
insightsContract('memory', () => ({ ledger, counters: ledger }), { numRuns: 150 });
