import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import type { Bus, Buses } from './buses';
import { busArn, busIdFrom } from './records';
import { constrain, notFound, validation } from './validation';

const MAX_POLICY = 10_240;

type Statement = { readonly Sid?: string; readonly [member: string]: unknown };

/** The resource policy of a bus, statement by statement or as a whole. */
export function permissionOperations(buses: Buses, clock: Clock, registry: Registry): Record<string, Operation> {
  const setStatements = (bus: Bus, statements: readonly Statement[]): void => {
    const { policy: _, ...record } = bus.record;
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    if (policy.length > MAX_POLICY) {
      throw new AwsError('PolicyLengthExceededException', 'The event bus policy is too long.');
    }
    if (statements.length > 0) checkPolicy(policy, registry);
    buses.setBus({ ...record, ...(statements.length > 0 ? { policy } : {}), modifiedAt: clock.now() });
  };

  return {
    PutPermission: (input, call) => {
      refuseUnknown('events:PutPermission', input, [
        'EventBusName',
        'Action',
        'Principal',
        'StatementId',
        'Condition',
        'Policy',
      ]);
      const bus = buses.bus(busIdFrom(input.EventBusName, call));
      if (input.Policy !== undefined) {
        setStatements(bus, statementsIn(input.Policy));
        return;
      }
      const statement = statementFrom(input, busArn(bus.record));
      setStatements(bus, [...statementsOf(bus).filter(({ Sid }) => Sid !== statement.Sid), statement]);
    },

    RemovePermission: (input, call) => {
      refuseUnknown('events:RemovePermission', input, ['EventBusName', 'StatementId', 'RemoveAllPermissions']);
      const bus = buses.bus(busIdFrom(input.EventBusName, call));
      if (input.RemoveAllPermissions) {
        setStatements(bus, []);
        return;
      }
      if (bus.record.policy === undefined) throw notFound('EventBus does not have a policy.');
      const statements = statementsOf(bus);
      const keep = statements.filter(({ Sid }) => Sid !== input.StatementId);
      if (keep.length === statements.length) throw notFound('Statement with the provided id does not exist.');
      setStatements(bus, keep);
    },
  };
}

function checkPolicy(policy: string, registry: Registry): void {
  try {
    registry.peer('iam').checkResourcePolicy(policy);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'MalformedPolicyDocument') throw error;
    throw validation(error.message);
  }
}

const statementsOf = ({ record }: Bus): Statement[] =>
  record.policy === undefined ? [] : (JSON.parse(record.policy) as { Statement: Statement[] }).Statement;

function statementsIn(policy: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    throw validation('This policy contains invalid Json');
  }
  const { Statement } = (document ?? {}) as { Statement?: Statement | Statement[] };
  if (typeof Statement !== 'object' || Statement === null) throw validation('This policy contains no statement.');
  return Array.isArray(Statement) ? Statement : [Statement];
}

type StatementInput = {
  readonly Action?: string;
  readonly Principal?: string;
  readonly StatementId?: string;
  readonly Condition?: { readonly Type: string; readonly Key: string; readonly Value: string };
};

function statementFrom({ Action, Principal, StatementId, Condition }: StatementInput, Resource: string): Statement {
  if (Principal === undefined) throw validation('Parameter Principal must be specified.');
  constrain('principal', Principal, { pattern: /^(\d{12}|\*)$/ });
  constrain('statementId', StatementId, { min: 1, max: 64, pattern: /^[a-zA-Z0-9-_]+$/ });
  if (Action !== 'events:PutEvents') throw validation("Provided value in parameter 'action' is not supported.");
  if (Condition && Principal !== '*') {
    throw new AwsError(
      'InvalidParameterValue',
      "Value of the parameter 'principal' must be '*' when the parameter 'condition' is set.",
    );
  }
  return {
    Sid: StatementId as string,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource,
    ...(Condition ? { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } } : {}),
  };
}
