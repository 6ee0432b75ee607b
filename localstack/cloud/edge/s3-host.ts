/**
 * The bucket in a host name of S3's virtual-host form: `<bucket>.s3.localhost.localstack.cloud:4566`,
 * `<bucket>.s3.us-east-1.localhost.localstack.cloud`, `<bucket>.s3.amazonaws.com`, `<bucket>.localhost:4566` (what an
 * SDK makes of the endpoint `http://localhost:4566`); undefined for every other host.
 */
export function bucketOfHost(host: string): string | undefined {
  return (/^(.+)\.s3[.-]/.exec(host) ?? /^(.+)\.localhost(?::\d+)?$/.exec(host))?.[1];
}
