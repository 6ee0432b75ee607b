import { uuid } from '../../../core/ids';
import { asAwsError } from '../../../core/registry';
import type { CloudContext } from '../../../core/service';
import {
  finish,
  Moved,
  PartlyMade,
  type Properties,
  type ResourceContext,
  ResourceFault,
  type ResourceHandler,
} from '../resources/handler';
import { type Response, readResponse } from './response';
import type { CustomResponses } from './responses';

const SUBJECT = 'AWS CloudFormation custom resource request';
const isTopic = (token: string): boolean => /^arn:[^:]+:sns:/.test(token);

type RequestType = 'Create' | 'Update' | 'Delete';

/** Seconds that a function has for its answer unless `ServiceTimeout` says otherwise; the most that it can say. */
const MAX_TIMEOUT_SECONDS = 3_600;

/**
 * AWS::CloudFormation::CustomResource and `Custom::…`: resources that a function of the template's author makes, itself
 * or behind a topic.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export function customResource(cloud: CloudContext, responses: CustomResponses): ResourceHandler {
  const ask = (type: RequestType, members: object, properties: Properties, context: ResourceContext) =>
    context.waitFor(request(cloud, responses, type, members, properties, context));
  return {
    properties: 'any',
    createOnly: [],
    check,

    create: async (properties, context) => {
      // What is known of it when the function does not say: enough to ask for its deletion.
      const fallback = context.newName(128);
      const response = await finish(fallback, () => ask('Create', {}, properties, context));
      const { physicalId = fallback, data: attributes, noEcho, fault } = response;
      if (fault) throw new PartlyMade(physicalId, fault);
      return { physicalId, attributes, noEcho };
    },

    update: async (PhysicalResourceId, properties, before, context) => {
      const members = { PhysicalResourceId, OldResourceProperties: asTexts(before) };
      const response = await ask('Update', members, properties, context);
      if (response.fault) throw response.fault;
      // Another physical id means another resource: the old one is deleted when all else is done.
      const { physicalId = PhysicalResourceId, data: attributes, noEcho } = response;
      return new Moved({ physicalId, attributes, noEcho });
    },

    delete: async (PhysicalResourceId, properties, context) => {
      const response = await ask('Delete', { PhysicalResourceId }, properties, context);
      if (response.fault) throw response.fault;
    },
  };
}

/** Sends the function a request and waits for its answer: as long as the cloud's clock allows. */
async function request(
  { clock, registry }: CloudContext,
  responses: CustomResponses,
  RequestType: RequestType,
  members: object,
  properties: Properties,
  { stackId, logicalId, type, region, principal, interrupted }: ResourceContext,
): Promise<Response> {
  const RequestId = uuid();
  let answer: (body: string) => void = () => {};
  const answered = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const { url, cancel } = responses.expect(`${stackId}|${logicalId}|${RequestId}`, region, answer);
  const timeoutMs = 1_000 * Number(properties.ServiceTimeout ?? MAX_TIMEOUT_SECONDS);
  let timer: { cancel(): void } | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = clock.after(timeoutMs, `the answer of custom resource ${logicalId}`, () => resolve(undefined));
  });
  try {
    const event = {
      RequestType,
      ServiceToken: properties.ServiceToken,
      ResponseURL: url,
      StackId: stackId,
      RequestId,
      LogicalResourceId: logicalId,
      ...members,
      ResourceType: type,
      ResourceProperties: asTexts(withoutInstalling(properties)),
    };
    try {
      const token = String(properties.ServiceToken);
      const text = JSON.stringify(event);
      if (isTopic(token)) registry.peer('sns').publish(token, { text, subject: SUBJECT }, principal);
      else registry.peer('lambda').enqueue(token, text, principal);
    } catch (error) {
      // A function that is gone cannot have deleted its resource: that is a failure too.
      throw new ResourceFault(asAwsError(error).message);
    }
    const givenUp = new Promise<undefined>((resolve) => {
      interrupted.addEventListener('abort', () => resolve(undefined));
    });
    const body = await Promise.race([answered, late, givenUp]);
    if (body !== undefined) return readResponse(body, RequestId);
    const fault = interrupted.aborted ? new ResourceFault('Resource creation cancelled') : noResponse(RequestId);
    return { data: {}, noEcho: false, fault };
  } finally {
    timer?.cancel();
    cancel();
  }
}

function check({ ServiceToken, ServiceTimeout }: Properties, before: Properties | undefined): void {
  if (ServiceToken === undefined) throw new ResourceFault('Property ServiceToken cannot be empty.');
  if (before && ServiceToken !== before.ServiceToken) {
    throw new ResourceFault('Modifying service token is not allowed.');
  }
  const token = String(ServiceToken);
  if (!/^arn:[^:]+:(lambda|sns):/.test(token)) throw new ResourceFault('Invalid service token.');
  if (ServiceTimeout === undefined) return;
  const seconds = Number(ServiceTimeout);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TIMEOUT_SECONDS) {
    throw new ResourceFault(`ServiceTimeout must be a number between 1 and ${MAX_TIMEOUT_SECONDS}.`);
  }
}

/**
 * CDK's `AwsCustomResource` has npm install the latest SDK before its first call, unless it is told otherwise. Nothing is
 * fetched from outside here, and without a network that would take minutes to fail: the SDK of the runtime serves it.
 */
function withoutInstalling(properties: Properties): Properties {
  return 'InstallLatestAwsSdk' in properties ? { ...properties, InstallLatestAwsSdk: false } : properties;
}

/** CloudFormation hands numbers and booleans to functions as texts, however deep they lie. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return value === null ? null : String(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asTexts(member)]));
}

const noResponse = (requestId: string) =>
  new ResourceFault(
    `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
  );
