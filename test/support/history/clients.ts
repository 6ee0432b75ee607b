import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { System } from '../system';
import type { Answer } from './evidence';
import type { BusEvent, Call, Command, History } from './history';

/** So often does a client try again what has failed for a passing reason. */
const TRIES = 12;
const LONG_AGO = '2020-02-29T12:00:00.000Z';

/** The producers and clients of one history: what they do, and what they are told. */
export class Clients {
  readonly ids: string[][];
  readonly answers: Answer[] = [];
  readonly failures: string[] = [];
  readonly #system: System;
  readonly history: History;
  readonly #now: () => number;
  /** When events were put first. */
  readonly #times = new Map<number, string>();

  /** `now`: the time of the cloud. */
  constructor(system: System, history: History, now: () => number) {
    this.#now = now;
    this.#system = system;
    this.history = history;
    this.ids = history.events.map(() => []);
  }

  /** Side by side, each one call after the other. */
  async act(clients: readonly (readonly Call[])[]): Promise<void> {
    await Promise.all(
      clients.map(async (calls) => {
        for (const call of calls) await this.#make(call);
      }),
    );
  }

  #make(call: Call): Promise<unknown> {
    switch (call.do) {
      case 'put':
        return this.#put(call.events);
      case 'post':
        return this.#post(call.events);
      case 'command':
        return Promise.all(Array.from({ length: call.times }, () => this.#command(call.command)));
    }
  }

  /** As producers are told to do: each entry's answer is looked at, and what failed is put again. */
  async #put(indexes: readonly number[]): Promise<void> {
    let left = [...indexes];
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > TRIES) return this.#gaveUp(`PutEvents of ${left.length} events`);
      const { Entries = [] } = await this.#system.bus.send(
        new PutEventsCommand({ Entries: left.map((index) => this.#entry(index)) }),
      );
      for (const [i, index] of left.entries()) {
        const id = Entries[i]?.EventId;
        if (id !== undefined) this.#taken(index, this.#event(index).id ?? id);
      }
      left = left.filter((_, i) => Entries[i]?.EventId === undefined);
    }
  }

  async #post(indexes: readonly number[]): Promise<void> {
    const events = indexes.map((index) => this.#cloudEvent(index));
    const batch = events.length > 1;
    const headers = { 'content-type': `application/cloudevents${batch ? '-batch' : ''}+json` };
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const answer = await this.#http('POST', '/events', batch ? events : events[0], headers);
      if (answer?.status === 202) {
        for (const index of indexes) this.#taken(index, this.#event(index).id!);
        return;
      }
      if (answer && !isPassing(answer.status))
        return this.#gaveUp(`POST /events, which answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    this.#gaveUp(`POST /events of ${indexes.length} events`);
  }

  async #command(index: number): Promise<void> {
    const command = this.history.commands[index] as Command;
    const headers = {
      ...(command.key !== undefined && { 'idempotency-key': command.key }),
      ...(command.onVersion !== undefined && { 'if-match': `"${command.onVersion}"` }),
    };
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const answer = await this.#http(command.method, command.path, command.body, headers);
      const version = /^"(\d+)"$/.exec(answer?.headers.get('etag') ?? '')?.[1];
      this.answers.push({
        command: index,
        status: answer?.status ?? 0,
        body: answer?.body,
        ...(version !== undefined && { version: Number(version) }),
      });
      // Without a key nobody can know whether it has happened: it is not sent again.
      if ((answer && !isPassing(answer.status)) || command.key === undefined) return;
    }
    this.#gaveUp(`${command.method} ${command.path} with key ${command.key}`);
  }

  /** Undefined: the connection was lost. */
  async #http(method: string, path: string, body: unknown, headers: Record<string, string>) {
    try {
      return await this.#system.command(method, path, body, headers);
    } catch {
      return undefined;
    }
  }

  #entry(index: number) {
    const event = this.#event(index);
    return {
      EventBusName: this.#system.outputs.OrderBusName,
      Source: event.source,
      DetailType: event.detailType,
      Detail: JSON.stringify(event.id === undefined ? event.data : this.#cloudEvent(index)),
    };
  }

  #cloudEvent(index: number): Readonly<Record<string, unknown>> {
    const { id, source, detailType, data, time } = this.#event(index);
    const event = { specversion: '1.0', id, source, type: detailType, datacontenttype: 'application/json', data };
    if (time === undefined) return event;
    if (!this.#times.has(index)) this.#times.set(index, new Date(this.#now()).toISOString());
    return { ...event, time: time === 'long ago' ? LONG_AGO : this.#times.get(index) };
  }

  #event(index: number): BusEvent {
    const event = this.history.events[index];
    if (!event) throw new Error(`the history has no event ${index}`);
    return event;
  }

  #taken(index: number, id: string): void {
    if (!this.ids[index]?.includes(id)) this.ids[index]?.push(id);
  }

  #gaveUp(what: string): void {
    this.failures.push(`a client gave up ${what} after ${TRIES} tries at most`);
  }
}

const isPassing = (status: number): boolean => status >= 500 || status === 429;
