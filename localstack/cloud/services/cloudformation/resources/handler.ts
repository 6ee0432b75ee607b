import type { Principal } from '../../../core/service';

/** Properties with every function resolved. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are those of the CloudFormation resource reference.
export type Properties = Readonly<Record<string, any>>;

/** What `Fn::GetAtt` yields, by attribute name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What a handler knows besides the properties. */
export type ResourceContext = {
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  /** What the caller has acknowledged. */
  readonly capabilities: readonly string[];
  readonly logicalId: string;
  readonly type: string;
  /** Whose rights the deployment has. */
  readonly principal: Principal;
  /** Calls an AWS operation with the rights of the deployment; input and result as in the API reference. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  readonly call: (service: string, operation: string, input: object) => Promise<any>;
  /** A name as CloudFormation makes them, `<stack>-<logical id>-<random>`, at most `maxLength` characters long. */
  readonly newName: (maxLength: number) => string;
  /** Aborted when the deployment has no time left: who waits for somebody else gives up. */
  readonly interrupted: AbortSignal;
  /** Waits for what somebody else does, a function for example; the deployment does not count as work meanwhile. */
  readonly waitFor: <T>(work: Promise<T>) => Promise<T>;
};

/** What a resource is known by once it is made. */
export type Made = {
  readonly physicalId: string;
  readonly attributes?: Attributes;
  /** Its attributes are secrets: they are not shown. */
  readonly noEcho?: boolean;
};

/**
 * How resources of one type are made, changed and deleted. Errors thrown become the resource's failure reason.
 */
export interface ResourceHandler {
  /** The properties that are honoured; a resource with any other fails, naming it. `any`: they are the author's own. */
  readonly properties: readonly string[] | 'any';
  /** Properties that the type has at AWS and that are not honoured: what is in neither list, AWS refuses too. */
  readonly refused?: readonly string[];
  readonly required?: readonly string[];
  /** Those among them whose change needs a new resource in place of the old one. */
  readonly createOnly: readonly string[];
  /** Those whose change needs a new resource sometimes: whether this one does. */
  readonly conditional?: Readonly<Record<string, (now: unknown, before: unknown) => boolean>>;
  /** The property that gives the resource a name of its user's choice, of which there can be only one. */
  readonly nameProperty?: string;
  /** Refuses properties, or a change of them, before anything is done: nothing has to be put back then. */
  check?(properties: Properties, before: Properties | undefined): void;
  /** The physical id is what `Ref` yields. */
  create(properties: Properties, context: ResourceContext): Promise<Made>;
  /**
   * Without it, every change needs a new resource. Returns the attributes, unless they are as before; or `Moved`, when the
   * update itself has made another resource. `before` may have been applied in part only, by an update that failed: to take
   * away what is not there must not fail.
   */
  update?(
    physicalId: string,
    properties: Properties,
    before: Properties,
    context: ResourceContext,
  ): Promise<Attributes | Moved | undefined | void>;
  /** A resource of the name that the properties give it, made by somebody else: a stack may take it over. */
  existing?(
    properties: Properties,
    context: ResourceContext,
  ): Promise<{ readonly physicalId: string; readonly attributes?: Attributes } | undefined>;
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

/** An update whose outcome has a physical id of its own. Where that is a new one, the old resource is deleted at the end. */
export class Moved {
  readonly made: Made;

  constructor(made: Made) {
    this.made = made;
  }
}

/** A failure whose message is CloudFormation's own, and the whole reason. */
export class ResourceFault extends Error {}

/** Making a resource failed half-way: `physicalId` is there and has to be deleted. */
export class PartlyMade extends Error {
  readonly physicalId: string;

  constructor(physicalId: string, cause: unknown) {
    super('partly made', { cause });
    this.physicalId = physicalId;
  }
}

/** Does what is left to do once `physicalId` is there. */
export async function finish<T>(physicalId: string, rest: () => Promise<T>): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    throw new PartlyMade(physicalId, error);
  }
}
