import { describe, expect, test } from '@jest/globals';
import { run } from '../support/command-line';
import { HistoryReader } from '../support/history-reader';
import { orderHistory, recorded } from '../support/recorded';

const history = (...events: readonly ReturnType<typeof recorded>[]) =>
  run(['order', 'o-1', '--history'], { events: new HistoryReader(events) });

describe('orderstream order --history', () => {
  test('shows in columns what each event changed', async () => {
    const { code, out } = await history(...orderHistory('o-1', 3));
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'version  recorded                  event           field        before     after',
        '      1  2026-01-01T12:00:01.000Z  OrderCreated    orderId                 o-1',
        '                                                   userId                  u-1',
        '                                                   status                  created',
        '                                                   currency                EUR',
        '                                                   total                   2500',
        '                                                   items                   [{"sku":"mug","quantity":2,"unitPrice":1000}]',
        '                                                   shippingFee             500',
        '                                                   createdAt               2026-01-01T12:00:01.000Z',
        '      2  2026-01-01T12:00:02.000Z  OrderConfirmed  status       created    confirmed',
        '                                                   confirmedAt             2026-01-01T12:00:02.000Z',
        '      3  2026-01-01T12:00:03.000Z  OrderPaid       status       confirmed  paid',
        '                                                   paidAt                  2026-01-01T12:00:03.000Z',
        '                                                   paymentId               pay-1',
      ].join('\n'),
    );
  });

  test('goes on behind an event that cannot be read, and says which', async () => {
    const { code, out } = await history(orderHistory('o-1', 1)[0]!, recorded('order#o-1', 2, 'OrderBewitched'));
    expect(code).toBe(0);
    expect(out).toMatch(/^ +2 .* OrderBewitched +cannot be told +OrderBewitched \(version 2 of order#o-1\): type is /m);
  });

  test('of an order that is not there says where it may be', async () => {
    expect(await history()).toMatchObject({ code: 1, error: expect.stringContaining("parked --stream 'order#o-1'") });
  });
});
