import { streamOf } from '../../application/catalogue';
import { toldEvents } from '../../application/queries/changes';
import { type Moment, subjectAt } from '../../application/queries/subject-at';
import type { OrderSummary } from '../../application/read-models/rows';
import { orderSummary } from '../../projections/order-summary';
import { type Command, Refusal, UsageError } from '../command';
import { fields, table } from '../format/columns';
import { historyText } from '../format/history';
import { money } from '../format/money';
import { momentOf } from '../values';

export const order: Command = {
  name: 'order',
  summary: 'an order, folded from its stream',
  words: ['<id>'],
  options: {
    at: { value: '<version|time>', help: 'as it was at that version, or as it was known at that time' },
    history: { help: 'its events, and what each of them changed' },
  },
  notes: ['It is read from the events themselves, so it is there even if the read models are behind or wrong.'],
  prepare({ words: [id = ''], options, switches }) {
    const moment = momentOf(options.at);
    const stream = streamOf('order', id);
    if (switches.has('history')) {
      if (options.at !== undefined) throw new UsageError('--history shows all of it; not together with --at');
      return async ({ events }) => {
        const { items } = await toldEvents(events, orderSummary, stream, { limit: longestHistory });
        if (items.length === 0) throw new Refusal(absent(id, moment, undefined));
        return { text: historyText(items), json: { items } };
      };
    }
    return async ({ events }) => {
      const state = await subjectAt(events, orderSummary, stream, moment);
      if (state.kind === 'found') return { text: orderText(state.row), json: state.row };
      throw new Refusal(absent(id, moment, state.kind === 'beyond' ? state.versions : undefined));
    };
  },
};

/** More events than an order can have. */
const longestHistory = 1_000_000;

function absent(id: string, moment: Moment, versions: number | undefined): string {
  if (versions !== undefined) return `order ${id} has only ${versions} versions`;
  const when = moment.kind === 'time' ? ` at ${moment.at}` : '';
  return `there is no order ${id}${when}; if it should be there: orderstream parked --stream 'order#${id}', orderstream rejected --stream 'order#${id}'`;
}

function orderText(row: OrderSummary): string {
  const amount = (minor: number) => money(minor, row.currency);
  const lines = table(
    [{ title: 'sku' }, ...['quantity', 'unit price', 'amount'].map((title) => ({ title, right: true }))],
    row.items.map(({ sku, quantity, unitPrice }) => [
      sku,
      `${quantity}`,
      amount(unitPrice),
      amount(quantity * unitPrice),
    ]),
  );
  const about = fields([
    ['order', row.orderId],
    ['status', row.status],
    ['version', `${row.version}`],
    ['user', row.userId],
    ['total', `${amount(row.total)}${row.shippingFee > 0 ? `, shipping ${amount(row.shippingFee)}` : ''}`],
    ['created', row.createdAt],
    ['confirmed', row.confirmedAt],
    ['paid', row.paidAt && `${row.paidAt}  ${row.paymentId ?? ''}`],
    ['shipped', row.shippedAt && [row.shippedAt, row.carrier, row.trackingNumber].filter(Boolean).join('  ')],
    ['delivered', row.deliveredAt],
    ['cancelled', row.cancelledAt && `${row.cancelledAt}  ${row.cancelReason ?? ''}`],
  ]);
  return `${about}\n\n${lines}`;
}
