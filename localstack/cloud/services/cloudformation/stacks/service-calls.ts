import { faultError } from '../../../core/fault-error';
import type { Call, CloudContext, Principal } from '../../../core/service';
import type { NestedCall } from './nested';
import type { Stack } from './stack';

type Acting = Pick<Stack, 'id' | 'account' | 'region' | 'roleArn'>;

/** The calls that a deployment makes to the services, with its own rights. */
export class ServiceCalls {
  readonly #context: CloudContext;
  readonly #call: NestedCall;
  readonly #inCallersName: boolean;
  /** Whose answer an error was. */
  readonly #answeredBy = new WeakMap<object, string>();

  constructor(context: CloudContext, stack: Acting, call: Call) {
    this.#context = context;
    const { id: parentStackId, account, region } = stack;
    this.#inCallersName = stack.roleArn === undefined;
    this.#call = { ...call, account, region, parentStackId, principal: actingAs(stack, call.principal) };
  }

  get principal(): Principal {
    return this.#call.principal;
  }

  async call(service: string, operation: string, input: object): Promise<unknown> {
    // A crash must not leave what a call has made without the record of it.
    this.#context.store.together();
    try {
      return await this.#run(service, operation, input);
    } catch (error) {
      if (typeof error === 'object' && error !== null) this.#answeredBy.set(error, service);
      throw error;
    }
  }

  /** The service that an error came from; undefined for what a resource's handler found by itself. */
  answeredBy(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null ? this.#answeredBy.get(error) : undefined;
  }

  #run(name: string, operation: string, input: object): Promise<unknown> {
    const { registry, faults } = this.#context;
    const { principal } = this.#call;
    const service = registry.service(name);
    if (service && principal.kind === 'role') {
      registry.peer('iam').authorize(principal, service.access(operation, input, this.#call), {
        region: this.#call.region,
        input,
        ...(this.#inCallersName && { calledVia: 'cloudformation.amazonaws.com' }),
      });
    }
    if (service && faults.active) {
      const [access] = service.access(operation, input, this.#call);
      const occasion = { service: name, operation, target: access?.resource ?? '', caller: 'cloudformation' };
      const fault = faults.at(occasion, ['error']);
      if (fault) throw faultError(fault, service, operation, input);
    }
    return registry.call(name, operation, input, this.#call);
  }
}

/** Resources are made with the rights of the stack's role, or of whoever deploys. */
function actingAs(stack: Acting, caller: Principal): Principal {
  const { roleArn, account } = stack;
  if (roleArn === undefined) return caller;
  const roleName = roleArn.split('/').pop();
  return { kind: 'role', roleArn, arn: `arn:aws:sts::${account}:assumed-role/${roleName}/AWSCloudFormation` };
}
