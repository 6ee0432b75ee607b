import { describe, expect, it } from '@jest/globals';
import { Trace } from '../../../localstack/cloud/core/trace';

const start = (operation: string, about: string | string[] = '', causes?: string[]) => ({
  service: 'test',
  operation,
  target: 'target',
  by: 'root',
  about,
  ...(causes ? { causes } : {}),
});
const clock = { now: () => 1_000 };
const operations = (trace: Trace, value: string) => trace.find(value).map(({ operation }) => operation);

describe('the trace', () => {
  it('knows what is done synchronously now as the cause of what begins', () => {
    const trace = new Trace(clock);
    const put = trace.begin(start('put'));
    trace.within(put.id, () => trace.note(start('route')));
    trace.note(start('apart'));
    const [, route, apart] = trace.latest(3);
    expect(route!.causes).toEqual([put.id]);
    expect(apart!.causes).toEqual([]);
    expect(trace.cause).toBeUndefined();
  });

  it('finds what a value is in as a word, what brought that about, and what came of it', () => {
    const trace = new Trace(clock);
    const schedule = trace.note(start('schedule'));
    const put = trace.note(start('put', '{"orderId":"o-1"}', [schedule]));
    trace.note(start('log', 'nothing', [put]));
    trace.note(start('other', '{"orderId":"o-12"}'));
    trace.note(start('escaped', String.raw`{"body":"{\"orderId\":\"o-1\"}"}`));
    trace.note(start('key', '{"stream":{"S":"order#o-1"}}'));
    expect(operations(trace, 'o-1')).toEqual(['schedule', 'put', 'log', 'escaped', 'key']);
  });

  it('follows out of a batch only what is about the value', () => {
    const trace = new Trace(clock);
    const batch = trace.note(start('batch', ['o-1', 'o-2']));
    trace.note(start('write', 'o-1', [batch]));
    trace.note(start('write of another', 'o-2', [batch]));
    expect(operations(trace, 'o-1')).toEqual(['batch', 'write']);
  });

  it('follows out of a call with several entries only what is about the value', () => {
    const trace = new Trace(clock);
    const call = trace.note({ ...start('call', '[{"id":"o-1"},{"id":"o-2"}]'), records: 2 });
    trace.note(start('delivery', '{"id":"o-1"}', [call]));
    trace.note(start('delivery of another', '{"id":"o-2"}', [call]));
    expect(operations(trace, 'o-1')).toEqual(['call', 'delivery']);
  });

  it('has several causes for a batch of several records', () => {
    const trace = new Trace(clock);
    const first = trace.note(start('first', 'o-1'));
    const second = trace.note(start('second', 'o-2'));
    trace.note(start('batch', ['o-1', 'o-2'], [first, second]));
    expect(operations(trace, 'o-2')).toEqual(['first', 'second', 'batch']);
  });

  it('forgets the oldest when it is full', () => {
    const trace = new Trace(clock, 5_000);
    for (let n = 0; n < 100; n++) trace.note(start(`hop ${n}`, `${n} ${'x'.repeat(697)}`));
    const kept = trace.latest(100).map(({ operation }) => operation);
    expect(kept).toEqual(['hop 95', 'hop 96', 'hop 97', 'hop 98', 'hop 99']);
    expect(operations(trace, '95')).toEqual(['hop 95']);
    expect(operations(trace, '92')).toEqual([]);
  });

  it('says how a hop ended, and nothing of one that is under way', () => {
    const trace = new Trace(clock);
    const hop = trace.begin(start('call'));
    expect(trace.latest(1)[0]).not.toHaveProperty('endedAt');
    hop.end('ThrottlingException', 'Rate exceeded');
    expect(trace.latest(1)[0]).toMatchObject({
      outcome: 'ThrottlingException',
      error: 'Rate exceeded',
      endedAt: 1_000,
    });
  });
});
