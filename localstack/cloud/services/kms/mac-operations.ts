import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import type { Call, Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { type KeyRecord, keyArn, macAlgorithm } from './key-record';
import type { Keys } from './keys';
import { bytesIn, oneOf, read } from './request';

const ALGORITHMS = ['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512'];

/** Message authentication codes. */
export function macOperations(keys: Keys, authorization: Authorization): Record<string, Operation> {
  const mac = (operation: string, request: Readonly<Record<string, unknown>>, call: Call) => {
    const message = bytesIn(request.Message, 'message', 4_096);
    const algorithm = oneOf(request.MacAlgorithm, 'macAlgorithm', ALGORITHMS);
    const { key, alias } = keys.named(request.KeyId, call, true);
    authorization.authorize(operation, key, call, { alias, keys: { 'kms:MacAlgorithm': algorithm } });
    keys.refuseUnusable(key);
    checkUsage(operation, key, algorithm);
    const secret = Buffer.from(key.materials.at(-1)?.secret ?? '', 'base64');
    const digest = createHmac(algorithm.replace('HMAC_SHA_', 'sha'), secret).update(message).digest();
    return { digest, algorithm, arn: keyArn(key) };
  };

  return {
    GenerateMac: (input, call) => {
      const request = read('GenerateMac', input, ['Message', 'KeyId', 'MacAlgorithm']);
      const { digest, algorithm, arn } = mac('GenerateMac', request, call);
      return { Mac: digest.toString('base64'), MacAlgorithm: algorithm, KeyId: arn };
    },

    VerifyMac: (input, call) => {
      const request = read('VerifyMac', input, ['Message', 'KeyId', 'MacAlgorithm', 'Mac']);
      const given = bytesIn(request.Mac, 'mac', 6_144);
      const { digest, algorithm, arn } = mac('VerifyMac', request, call);
      if (given.length !== digest.length || !timingSafeEqual(given, digest)) {
        throw new AwsError('KMSInvalidMacException', '');
      }
      return { KeyId: arn, MacValid: true, MacAlgorithm: algorithm };
    },
  };
}

function checkUsage(operation: string, key: KeyRecord, algorithm: string): void {
  const unfit = (message: string) => new AwsError('InvalidKeyUsageException', message);
  if (key.usage !== 'GENERATE_VERIFY_MAC') {
    throw unfit(`${keyArn(key)} key usage is ${key.usage} which is not valid for ${operation}.`);
  }
  if (macAlgorithm(key.spec) !== algorithm) {
    throw unfit(`Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  }
}
