import { type Attributes, ResourceFault } from '../resources/handler';

/** What a function has answered. */
export type Response = {
  readonly physicalId?: string;
  readonly data: Attributes;
  readonly noEcho: boolean;
  /** Why the resource has failed. */
  readonly fault?: ResourceFault;
};

/** The most that CloudFormation reads of an answer, in bytes. */
const MAX_BYTES = 4_096;

/** Reads the body that was put to the ResponseURL. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
export function readResponse(body: string, requestId: string): Response {
  const failed = (reason: string): Response => ({ data: {}, noEcho: false, fault: new ResourceFault(reason) });
  if (Buffer.byteLength(body) > MAX_BYTES) return failed('Response object is too long.');
  let response: Record<string, unknown>;
  try {
    response = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return failed(`Invalid response object: ${body}`);
  }
  const { Status, Reason, PhysicalResourceId, Data, NoEcho } = response ?? {};
  if (Status !== 'SUCCESS' && Status !== 'FAILED') return failed('Invalid response status.');
  if (typeof PhysicalResourceId !== 'string' || PhysicalResourceId === '') return failed('Invalid PhysicalResourceId');
  const data = typeof Data === 'object' && Data !== null ? (Data as Attributes) : {};
  return {
    physicalId: PhysicalResourceId,
    data,
    noEcho: String(NoEcho) === 'true',
    ...(Status === 'FAILED' && {
      fault: new ResourceFault(
        `Received response status [FAILED] from custom resource. Message returned: ${Reason ?? ''} (RequestId: ${requestId})`,
      ),
    }),
  };
}
