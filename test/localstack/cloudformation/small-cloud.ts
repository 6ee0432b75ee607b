import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { Call, CloudContext } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { CallCounter } from '../../../localstack/cloud/edge/call-counter';
import { FrontDoor } from '../../../localstack/cloud/edge/front-door';
import { HttpServer } from '../../../localstack/cloud/edge/http-server';
import { createCloudFormation } from '../../../localstack/cloud/services/cloudformation';
import { createIam } from '../../../localstack/cloud/services/iam';
import { createKms } from '../../../localstack/cloud/services/kms';
import { createS3 } from '../../../localstack/cloud/services/s3';
import { createSsm } from '../../../localstack/cloud/services/ssm';
import { createSts } from '../../../localstack/cloud/services/sts';

// The SDK warns of Node 20 at its first use.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** A cloud with only the services that deploy: IAM, STS, S3, SSM and CloudFormation, reached over HTTP. */
export type SmallCloud = {
  readonly context: CloudContext;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly endpoint: string;
  readonly root: Call;
  /** What SDK clients need to reach it, as the developer or with issued credentials. */
  readonly client: (credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => {
    endpoint: string;
    region: string;
    maxAttempts: number;
    forcePathStyle: boolean;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  };
  /** Calls an operation as the developer, in this process. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  readonly call: (service: string, operation: string, input: object) => Promise<any>;
  /** Ends the process' view of the cloud; `dir` stays for another one. */
  stop(): Promise<void>;
};

/** `dir`: where a cloud before left its state. */
export async function smallCloud(options: { dir?: string } = {}): Promise<SmallCloud> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'small-cloud-'));
  const clock = new Clock({ manual: true, startAt: Date.parse('2026-01-01T00:00:00Z') });
  const store = new Store({ dir, sync: false });
  const registry = new Registry();
  let endpoint = '';
  const context: CloudContext = {
    clock,
    store,
    registry,
    activity: new Activity(),
    faults: new Faults(),
    trace: new Trace(clock),
    account: ACCOUNT,
    region: REGION,
    dir,
    endpoint: () => endpoint,
  };
  const iam = createIam(context);
  registry.add(iam.service, iam.peer);
  registry.add(createSts(context));
  const kms = createKms(context);
  registry.add(kms.service, kms.peer);
  const s3 = createS3(context);
  registry.add(s3.service, s3.peer);
  registry.add(createSsm(context));
  const cloudformation = createCloudFormation(context);
  registry.add(cloudformation.service, cloudformation.peer);
  const door = new FrontDoor(context, new CallCounter());
  const server = new HttpServer((request, host) => door.handle(request, host));
  endpoint = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  for (const service of registry.services()) await service.start?.();
  const root: Call = {
    requestId: 'request',
    account: ACCOUNT,
    region: REGION,
    principal: { kind: 'root', arn: `arn:aws:iam::${ACCOUNT}:root` },
    endpoint,
  };
  return {
    context,
    registry,
    clock,
    endpoint,
    root,
    client: (credentials = { accessKeyId: 'test', secretAccessKey: 'test' }) => ({
      endpoint,
      region: REGION,
      maxAttempts: 1,
      forcePathStyle: true,
      credentials,
    }),
    call: (service, operation, input) => registry.call(service, operation, input, root),
    stop: async () => {
      await server.close();
      clock.stop();
      await store.close();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}
