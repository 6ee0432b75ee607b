import { isCloudEvent } from '../../application/cloud-event';
import { decodeEvent } from '../../application/decode-event';
import { isJsonObject, type JsonObject } from '../../application/json';
import type { Effects } from '../../application/ports';
import { type Command, type Given, Refusal, UsageError } from '../command';
import { problemList } from '../format/problems';
import type { Terminal } from '../terminal';
import { jsonIn, timeIn } from '../values';

export const put: Command = {
  name: 'put',
  summary: 'put an event on the bus',
  options: {
    type: { value: '<type>', help: 'what has happened: OrderPaid, or a name that the catalogue knows it by' },
    data: { value: '<json>', help: 'the payload' },
    file: { value: '<path>', help: 'the payload, from a file; without --data and --file, from standard input' },
    source: { value: '<text>', help: 'who says so (operator)' },
    id: { value: '<text>', help: 'the event among those of its source; the same again is a duplicate (made up)' },
    time: { value: '<time>', help: 'when it happened (now)' },
    unchecked: { help: 'put it even if it looks as if it would be rejected' },
  },
  notes: [
    'The payload may be a whole CloudEvent (it has specversion); the options go before what it says.',
    'Answers with the id of the event. Whether it was accepted: orderstream events --correlation <id>, or orderstream rejected.',
  ],
  prepare(given) {
    const { data, file, time } = given.options;
    if (data !== undefined && file !== undefined) throw new UsageError('only one of --data and --file');
    const typed = data === undefined ? undefined : jsonIn(data, '--data');
    const happened = time === undefined ? undefined : timeIn(time);
    if (time !== undefined && happened === undefined)
      throw new UsageError(`--time is "${time}"; a time such as 2026-01-31T12:00:00Z`);
    return async ({ bus, effects }, terminal) => {
      const payload = typed ?? (await payloadFrom(terminal, file));
      const event = cloudEvent(payload, given, happened, effects);
      const { id, source, type, time } = event;
      const envelope = { id, source, 'detail-type': type, time, detail: event };
      const decoded = decodeEvent(envelope);
      if (!decoded.ok && !given.switches.has('unchecked'))
        throw new Refusal(
          `not put, since it would be rejected: ${decoded.invalid.reason}\n${problemList(decoded.invalid.problems)}\n(--unchecked puts it all the same)`,
        );
      const [failure] = await bus.put([{ source, type, time, event }]);
      if (failure) throw new Refusal(`the bus did not take it: ${failure.error}`);
      const stream = decoded.ok ? decoded.event.stream : decoded.invalid.stream;
      return { text: id, json: { id, source, type, time, stream } };
    };
  },
};

async function payloadFrom(terminal: Terminal, file: string | undefined): Promise<unknown> {
  if (file !== undefined) return jsonIn(terminal.file(file), file);
  if (terminal.isInteractive)
    throw new UsageError('the payload is missing: --data <json>, --file <path>, or pipe it in');
  return jsonIn(await terminal.input(), 'standard input');
}

type PutEvent = JsonObject & {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
};

function cloudEvent(
  payload: unknown,
  { options }: Given,
  time: string | undefined,
  effects: Pick<Effects, 'now' | 'newId'>,
): PutEvent {
  if (!isJsonObject(payload)) throw new UsageError('the payload is not a JSON object, such as {"orderId":"o-1"}');
  const whole: JsonObject = isCloudEvent(payload)
    ? payload
    : { specversion: '1.0', datacontenttype: 'application/json', data: payload };
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const type = options.type ?? text(whole.type);
  if (type === undefined) throw new UsageError('--type is missing: what has happened, such as OrderPaid');
  return {
    ...whole,
    id: options.id ?? text(whole.id) ?? effects.newId(),
    source: options.source ?? text(whole.source) ?? 'operator',
    type,
    time: time ?? text(whole.time) ?? effects.now().toISOString(),
  };
}
