import { AwsError, refuseUnknown } from '../../../core/aws-error';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { differ } from './pick';
import { lifecycleRule, notificationConfiguration } from './s3-bucket-settings';

type Setting = {
  readonly property: string;
  readonly put: string;
  readonly member: string;
  readonly delete: string;
  /** The property in the form of the API, where that is another one. */
  // biome-ignore lint/suspicious/noExplicitAny: a property, as the template has it.
  readonly convert?: (value: any) => object;
};

/** Properties that are configurations with operations of their own. */
const SETTINGS: readonly Setting[] = [
  {
    property: 'BucketEncryption',
    put: 'PutBucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    delete: 'DeleteBucketEncryption',
    convert: ({ ServerSideEncryptionConfiguration: rules }) => ({
      Rules: rules.map(({ ServerSideEncryptionByDefault, ...rest }: Properties) => ({
        ...(ServerSideEncryptionByDefault && { ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault }),
        ...rest,
      })),
    }),
  },
  {
    property: 'PublicAccessBlockConfiguration',
    put: 'PutPublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    delete: 'DeletePublicAccessBlock',
  },
  {
    property: 'LifecycleConfiguration',
    put: 'PutBucketLifecycleConfiguration',
    member: 'LifecycleConfiguration',
    delete: 'DeleteBucketLifecycle',
    convert: ({ Rules, ...rest }) => {
      refuseUnknown('AWS::S3::Bucket: LifecycleConfiguration', rest, []);
      return { Rules: Rules.map(lifecycleRule) };
    },
  },
  {
    property: 'CorsConfiguration',
    put: 'PutBucketCors',
    member: 'CORSConfiguration',
    delete: 'DeleteBucketCors',
    convert: ({ CorsRules }) => ({
      CORSRules: CorsRules.map(({ Id, ExposedHeaders, MaxAge, ...rest }: Properties) => ({
        ...(Id !== undefined && { ID: Id }),
        ...rest,
        ...(ExposedHeaders && { ExposeHeaders: ExposedHeaders }),
        ...(MaxAge !== undefined && { MaxAgeSeconds: MaxAge }),
      })),
    }),
  },
  {
    property: 'OwnershipControls',
    put: 'PutBucketOwnershipControls',
    member: 'OwnershipControls',
    delete: 'DeleteBucketOwnershipControls',
  },
  {
    property: 'Tags',
    put: 'PutBucketTagging',
    member: 'Tagging',
    delete: 'DeleteBucketTagging',
    convert: (tags) => ({ TagSet: tags }),
  },
];

/** AWS::S3::Bucket. */
export const s3Bucket: ResourceHandler = {
  properties: [
    'BucketName',
    'AccessControl',
    'VersioningConfiguration',
    'NotificationConfiguration',
    ...SETTINGS.map(({ property }) => property),
  ],
  createOnly: ['BucketName'],

  create: async (properties, context) => {
    const Bucket = properties.BucketName ?? context.newName(63).toLowerCase();
    if (properties.AccessControl !== undefined && properties.AccessControl !== 'Private') {
      throw new AwsError(
        'NotImplemented',
        `AWS::S3::Bucket: AccessControl ${properties.AccessControl} is not implemented by the local cloud`,
      );
    }
    // `CreateBucket` of a bucket that one owns succeeds in us-east-1; a stack must not take it over.
    if (await exists(Bucket, context)) throw new AwsError('AlreadyExists', `${Bucket} already exists`);
    await context.call('s3', 'CreateBucket', { Bucket });
    await finish(Bucket, () => configure(Bucket, properties, {}, context));
    return { physicalId: Bucket, attributes: attributesOf(Bucket, context) };
  },

  existing: async ({ BucketName }, context) =>
    BucketName !== undefined && (await exists(BucketName, context))
      ? { physicalId: BucketName, attributes: attributesOf(BucketName, context) }
      : undefined,

  update: (Bucket, properties, before, context) => configure(Bucket, properties, before, context),

  delete: (Bucket, _properties, { call }) => call('s3', 'DeleteBucket', { Bucket }),
};

async function exists(Bucket: string, { call }: ResourceContext): Promise<boolean> {
  try {
    await call('s3', 'HeadBucket', { Bucket });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchBucket') return false;
    throw error;
  }
}

async function configure(
  Bucket: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  if (differ(properties, before, ['VersioningConfiguration'])) {
    const VersioningConfiguration = properties.VersioningConfiguration ?? { Status: 'Suspended' };
    await call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration });
  }
  for (const { property, put, member, delete: remove, convert } of SETTINGS) {
    if (!differ(properties, before, [property])) continue;
    const value = properties[property];
    if (value === undefined) await call('s3', remove, { Bucket });
    else await call('s3', put, { Bucket, [member]: convert ? convert(value) : value });
  }
  if (differ(properties, before, ['NotificationConfiguration'])) {
    const NotificationConfiguration = notificationConfiguration(properties.NotificationConfiguration ?? {});
    await call('s3', 'PutBucketNotificationConfiguration', { Bucket, NotificationConfiguration });
  }
}

const attributesOf = (bucket: string, { region }: ResourceContext) => ({
  Arn: `arn:aws:s3:::${bucket}`,
  DomainName: `${bucket}.s3.amazonaws.com`,
  RegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  DualStackDomainName: `${bucket}.s3.dualstack.${region}.amazonaws.com`,
  WebsiteURL: `http://${bucket}.s3-website-${region}.amazonaws.com`,
});
