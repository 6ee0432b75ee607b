/** Properties with every function resolved. */
// biome-ignore lint/suspicious/noExplicitAny: shapes are those of the CloudFormation resource reference.
export type Properties = Readonly<Record<string, any>>;

/** What `Fn::GetAtt` yields, by attribute name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What a handler knows besides the properties. */
export type ResourceContext = {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** Calls an AWS operation with the rights of the deployment; input and result as in the API reference. */
  // biome-ignore lint/suspicious/noExplicitAny: shapes are those of the AWS API reference.
  readonly call: (service: string, operation: string, input: object) => Promise<any>;
  /** A name as CloudFormation makes them, `<stack>-<logical id>-<random>`, at most `maxLength` characters long. */
  readonly newName: (maxLength: number) => string;
};

/**
 * How resources of one type are made, changed and deleted. Errors thrown become the resource's failure reason.
 */
export interface ResourceHandler {
  /** The properties that are honoured; a resource with any other fails, naming it. */
  readonly properties: readonly string[];
  /** Those among them whose change needs a new resource in place of the old one. */
  readonly createOnly: readonly string[];
  /** The physical id is what `Ref` yields. */
  create(
    properties: Properties,
    context: ResourceContext,
  ): Promise<{ readonly physicalId: string; readonly attributes?: Attributes }>;
  /** Without it, every change needs a new resource. Returns the attributes, unless they are as before. */
  update?(
    physicalId: string,
    properties: Properties,
    before: Properties,
    context: ResourceContext,
  ): Promise<Attributes | undefined | void>;
  /** A resource of the name that the properties give it, made by somebody else: a stack may take it over. */
  existing?(
    properties: Properties,
    context: ResourceContext,
  ): Promise<{ readonly physicalId: string; readonly attributes?: Attributes } | undefined>;
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

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
