import { describe, expect, it } from '@jest/globals';
import { type SettingsInput, targetOf } from '../../functions/cli/settings';

const outputs = JSON.stringify({
  'Orders-local-Data': { OrderBusName: 'orders-local' },
  'Orders-local-Service': { QueryUrl: 'http://127.0.0.1:4599/_lambda-url/abc/' },
});
const target = (over: Partial<SettingsInput>) =>
  targetOf({ options: {}, environment: {}, localOutputs: undefined, ...over });

describe('which deployment is meant', () => {
  it('is the local cloud of this directory, with nobody’s real credentials, when nothing says otherwise', () => {
    const environment = { AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SESSION_TOKEN: 'x' };
    expect(target({ localOutputs: outputs, environment })).toEqual({
      stage: 'local',
      where: 'http://127.0.0.1:4599',
      environment: {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_SESSION_TOKEN: undefined,
        AWS_PROFILE: undefined,
      },
    });
  });

  it('says how to name one when there is none', () => {
    expect(() => target({})).toThrow(/npm start.*AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:4566.*--stage dev/s);
  });

  it('is where AWS_ENDPOINT_URL says, whatever runs in this directory', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_REGION: 'eu-west-1', AWS_PROFILE: 'mine' };
    expect(target({ localOutputs: outputs, environment })).toEqual({
      stage: 'local',
      where: 'http://127.0.0.1:4566',
      environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_REGION: 'eu-west-1' },
    });
  });

  it('is where --endpoint-url says, before any endpoint of a single service', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2' };
    const { environment: set } = target({ options: { 'endpoint-url': 'http://localhost:4566' }, environment });
    expect(set).toMatchObject({ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_DYNAMODB: undefined });
    expect(Object.keys(set)).toContain('AWS_ENDPOINT_URL_DYNAMODB');
  });

  it('is at AWS for any stage but local, with the usual settings left to the SDK', () => {
    const environment = { AWS_PROFILE: 'work', AWS_DEFAULT_REGION: 'eu-west-1' };
    expect(target({ options: { stage: 'prod' }, localOutputs: outputs, environment })).toEqual({
      stage: 'prod',
      where: 'AWS eu-west-1',
      environment: { AWS_REGION: 'eu-west-1' },
    });
    expect(target({ options: { stage: 'prod', region: 'us-west-2' }, environment }).environment).toEqual({
      AWS_REGION: 'us-west-2',
    });
  });

  it('makes up no credentials for an endpoint elsewhere', () => {
    expect(target({ options: { 'endpoint-url': 'https://proxy.example' } }).environment).not.toHaveProperty(
      'AWS_ACCESS_KEY_ID',
    );
  });
});
