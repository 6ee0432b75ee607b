import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::S3::BucketPolicy. */
export const s3BucketPolicy: ResourceHandler = {
  properties: ['Bucket', 'PolicyDocument'],
  refused: [],
  required: ['Bucket', 'PolicyDocument'],
  createOnly: ['Bucket'],

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: properties.Bucket };
  },

  update: async (_id, properties, _before, context) => put(properties, context),

  delete: (_id, { Bucket }, { call }) => call('s3', 'DeleteBucketPolicy', { Bucket }),
};

async function put({ Bucket, PolicyDocument }: Properties, { call }: ResourceContext): Promise<void> {
  await call('s3', 'PutBucketPolicy', { Bucket, Policy: jsonText(PolicyDocument) });
}
