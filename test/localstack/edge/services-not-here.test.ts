import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});

afterAll(() => cloud.stop());

/** What a client of `service` sends, and what it gets. */
async function ask(service: string, headers: Record<string, string>, body = ''): Promise<string> {
  const credential = `Credential=test/20260101/us-east-1/${service}/aws4_request`;
  const answer = await fetch(cloud.endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=1`, ...headers },
    body,
  });
  expect(answer.status).toBe(501);
  return answer.text();
}

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const reason = (service: string) => `The service &quot;${service}&quot; is not implemented by the local cloud`;

describe('a service that is not here is refused in the words of its own protocol', () => {
  it('query', async () => {
    const body = await ask('elasticloadbalancing', form, 'Action=DescribeLoadBalancers&Version=2015-12-01');
    expect(body).toContain(`<Code>NotImplemented</Code><Message>${reason('elasticloadbalancing')}`);
    expect(body).toMatch(/^<ErrorResponse .*<Error>/);
  });

  it('query as EC2 has it', async () => {
    const body = await ask('ec2', form, 'Action=DescribeAvailabilityZones&Version=2016-11-15');
    expect(body).toMatch(/^<Response><Errors><Error><Code>NotImplemented<\/Code>/);
    expect(body).toContain(reason('ec2'));
  });

  it('JSON with a target', async () => {
    const body = await ask('states', {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.ListStateMachines',
    });
    expect(JSON.parse(body)).toMatchObject({
      __type: 'NotImplemented',
      message: expect.stringContaining('AWSStepFunctions.ListStateMachines'),
    });
  });

  it('XML by paths', async () => {
    expect(await ask('route53', {})).toContain(reason('route53'));
  });

  it('JSON by paths', async () => {
    const body = await ask('apigateway', { 'content-type': 'application/json' });
    expect(JSON.parse(body)).toMatchObject({ message: expect.stringContaining('The service "apigateway"') });
  });
});
