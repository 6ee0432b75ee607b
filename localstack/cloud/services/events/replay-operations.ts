import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { Trace } from '../../core/trace';
import type { Archives } from './archives';
import type { Buses } from './buses';
import { type BusId, busArn, busKey, readArchiveArn, readArn, replayArn } from './records';
import { isUnderWay, type ReplayRecord, type Replays, replaySummary } from './replays';
import { constrain, notFound, onlyOneFilter, pageOf, readTime, validation } from './validation';

const NAME = { min: 1, max: 64, pattern: /^[.\-_A-Za-z0-9]+$/ };
const STATES = ['CANCELLED', 'CANCELLING', 'COMPLETED', 'FAILED', 'RUNNING', 'STARTING'];
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_UNDER_WAY = 10;

type Destination = { readonly Arn: string; readonly FilterArns?: readonly string[] };
type Parts = {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly buses: Buses;
  readonly archives: Archives;
  readonly replays: Replays;
};

export function replayOperations({ clock, trace, buses, archives, replays }: Parts): Record<string, Operation> {
  const find = (input: { ReplayName: string }, call: Call): ReplayRecord => {
    constrain('replayName', input.ReplayName, NAME);
    const { account, region } = call;
    const found = replays.find({ account, region, name: input.ReplayName });
    if (!found) throw notFound(`Replay ${input.ReplayName} does not exist.`);
    return found;
  };

  return {
    StartReplay: (input, call) => {
      refuseUnknown('events:StartReplay', input, [
        'ReplayName',
        'Description',
        'EventSourceArn',
        'EventStartTime',
        'EventEndTime',
        'Destination',
      ]);
      constrain('replayName', input.ReplayName, NAME);
      if (input.Description !== undefined) constrain('description', input.Description, { max: 512 });
      constrain('eventSourceArn', input.EventSourceArn, { min: 1, max: 1_600 });
      constrain('destination', input.Destination, {});
      refuseUnknown('events:StartReplay Destination', input.Destination, ['Arn', 'FilterArns']);
      const { bus, rules } = readDestination(buses, input.Destination);
      const archive = archiveAt(archives, input.EventSourceArn);
      if (busKey(archive.bus) !== busKey(bus)) {
        throw validation('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.');
      }
      const from = readTime('eventStartTime', input.EventStartTime);
      const to = readTime('eventEndTime', input.EventEndTime);
      if (from >= to) {
        throw validation('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.');
      }
      const { account, region } = call;
      const name: string = input.ReplayName;
      const others = replays.list(call);
      if (others.some((one) => one.name === name)) {
        throw new AwsError('ResourceAlreadyExistsException', `Replay ${name} already exists.`);
      }
      if (others.filter(isUnderWay).length >= MAX_UNDER_WAY) {
        throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
      }
      const { FilterArns: filterArns } = input.Destination as Destination;
      const replay: ReplayRecord = {
        account,
        region,
        name,
        archive: { account: archive.account, region: archive.region, name: archive.name },
        bus,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(filterArns && rules ? { filterArns, rules } : {}),
        from,
        to,
        state: 'STARTING',
        startedAt: clock.now(),
        causes: trace.cause === undefined ? [] : [trace.cause],
      };
      replays.begin(replay);
      return { ReplayArn: replayArn(replay), State: replay.state, ReplayStartTime: replay.startedAt / 1_000 };
    },

    DescribeReplay: (input, call) => {
      refuseUnknown('events:DescribeReplay', input, ['ReplayName']);
      const replay = find(input, call);
      return {
        ReplayArn: replayArn(replay),
        ...(replay.description === undefined ? {} : { Description: replay.description }),
        Destination: {
          Arn: busArn(replay.bus),
          ...(replay.filterArns === undefined ? {} : { FilterArns: replay.filterArns }),
        },
        ...replaySummary(replay),
      };
    },

    ListReplays: (input, call) => {
      refuseUnknown('events:ListReplays', input, ['NamePrefix', 'EventSourceArn', 'State', 'Limit', 'NextToken']);
      onlyOneFilter('ListReplays', input);
      if (input.State !== undefined) constrain('state', input.State, { oneOf: STATES });
      const all = replays
        .list(call)
        .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
        .filter(({ state }) => input.State === undefined || state === input.State)
        .filter((one) => !input.EventSourceArn || replaySummary(one).EventSourceArn === input.EventSourceArn);
      const { page, next } = pageOf(all, input, ({ name }) => name);
      return { Replays: page.map(replaySummary), ...next };
    },

    CancelReplay: (input, call) => {
      refuseUnknown('events:CancelReplay', input, ['ReplayName']);
      const replay = find(input, call);
      if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') {
        throw new AwsError(
          'IllegalStatusException',
          `Replay ${replay.name} is not in a valid state for this operation.`,
        );
      }
      replays.cancel(replay);
      return { ReplayArn: replayArn(replay), State: 'CANCELLING' };
    },
  };
}

function archiveAt(archives: Archives, arn: string) {
  const id = readArchiveArn(arn);
  const archive = id && archives.find(id);
  if (archive) return archive;
  const name = id?.name ?? arn;
  throw validation(`Parameter EventSourceArn is not valid. Reason: Archive ${name} does not exist.`);
}

/** The bus, and the names of the rules that get the events; all rules of the bus unless some are named. */
function readDestination(
  buses: Buses,
  { Arn, FilterArns }: Destination,
): { bus: BusId; rules: readonly string[] | undefined } {
  constrain('destination.arn', Arn, { min: 1, max: 1_600 });
  const named = readArn(Arn);
  if (!named || named.rule !== undefined) {
    throw validation('Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.');
  }
  const { account, region, name } = buses.bus(named.bus).record;
  const rules = FilterArns?.map((arn) => {
    const rule = readArn(arn);
    const known = rule?.rule !== undefined && busKey(rule.bus) === busKey(named.bus);
    if (!known || !buses.findRule(named.bus, rule.rule as string)) {
      throw notFound(`Rule ${rule?.rule ?? arn} does not exist on EventBus ${name}.`);
    }
    return rule.rule as string;
  });
  return { bus: { account, region, name }, rules: rules && rules.length > 0 ? rules : undefined };
}
