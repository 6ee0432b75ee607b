import { randomBytes } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import type { Call, Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { type Blob, decrypt, type EncryptionContext, encrypt, readBlob } from './cipher';
import { accessDenied, constraint, incorrectKey, invalidCiphertext, validation } from './errors';
import type { Grants } from './grants';
import { type KeyRecord, keyArn } from './key-record';
import type { Keys, Named } from './keys';
import { bytesIn, integerIn, oneOf, read } from './request';

type Request = Readonly<Record<string, unknown>>;

const MAX_PLAINTEXT = 4_096;
const MAX_CIPHERTEXT = 6_144;
const DATA_KEY = ['KeyId', 'EncryptionContext', 'NumberOfBytes', 'KeySpec', 'GrantTokens'];

/** Encrypting and decrypting. */
export function cryptoOperations(keys: Keys, authorization: Authorization, grants: Grants): Record<string, Operation> {
  /** The key to encrypt with, once the caller may. */
  const usable = (
    action: string,
    { key, alias }: Named,
    call: Call,
    encryptionContext: EncryptionContext,
    more: object = {},
  ): KeyRecord => {
    const keys_ = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT', ...more };
    authorization.authorize(action, key, call, { alias, encryptionContext, keys: keys_ });
    keys.refuseUnusable(key);
    if (key.usage !== 'ENCRYPT_DECRYPT') {
      throw new AwsError(
        'InvalidKeyUsageException',
        `${keyArn(key)} key usage is ${key.usage} which is not valid for ${action}.`,
      );
    }
    return key;
  };

  /** The key that made `blob`, which must be the one that the request names, if it names one. */
  const maker = (blob: Blob, given: unknown, call: Call): Named => {
    const named = given === undefined ? undefined : keys.named(given, call, true);
    if (named && keyArn(named.key) !== blob.keyArn) throw incorrectKey();
    const key = named?.key ?? keys.find(blob.keyArn);
    // A ciphertext names its region; in another one nobody knows its key.
    if (!key || key.region !== call.region) throw unknownCiphertext();
    return named ?? { key };
  };

  const checkTokens = (tokens: unknown): void => {
    for (const token of [tokens ?? []].flat()) {
      if (!grants.withToken(String(token))) throw new AwsError('InvalidGrantTokenException', 'Invalid grant token.');
    }
  };

  const dataKey = (operation: string, input: unknown, call: Call) => {
    const request = read(operation, input, DATA_KEY);
    const size = sizeIn(request);
    const context = contextIn(request.EncryptionContext);
    checkTokens(request.GrantTokens);
    const key = usable(operation, keys.named(request.KeyId, call, true), call, context);
    const plaintext = randomBytes(size);
    return {
      CiphertextBlob: encrypt(key, plaintext, context).toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: keyArn(key),
      KeyMaterialId: key.materials.at(-1)?.id,
    };
  };

  return {
    Encrypt: (input, call) => {
      const request = read('Encrypt', input, [
        'KeyId',
        'Plaintext',
        'EncryptionContext',
        'GrantTokens',
        'EncryptionAlgorithm',
      ]);
      const plaintext = bytesIn(request.Plaintext, 'plaintext', MAX_PLAINTEXT);
      const EncryptionAlgorithm = algorithmIn(request.EncryptionAlgorithm);
      const context = contextIn(request.EncryptionContext);
      checkTokens(request.GrantTokens);
      const key = usable('Encrypt', keys.named(request.KeyId, call, true), call, context);
      return {
        CiphertextBlob: encrypt(key, plaintext, context).toString('base64'),
        KeyId: keyArn(key),
        EncryptionAlgorithm,
      };
    },

    Decrypt: (input, call) => {
      const request = read('Decrypt', input, [
        'CiphertextBlob',
        'EncryptionContext',
        'GrantTokens',
        'KeyId',
        'EncryptionAlgorithm',
      ]);
      const blob = readBlob(bytesIn(request.CiphertextBlob, 'ciphertextBlob', MAX_CIPHERTEXT));
      const EncryptionAlgorithm = algorithmIn(request.EncryptionAlgorithm);
      const context = contextIn(request.EncryptionContext);
      checkTokens(request.GrantTokens);
      const key = usable('Decrypt', maker(blob, request.KeyId, call), call, context);
      return {
        KeyId: keyArn(key),
        Plaintext: decrypt(key, blob, context).toString('base64'),
        EncryptionAlgorithm,
        KeyMaterialId: blob.materialId,
      };
    },

    ReEncrypt: (input, call) => {
      const request = read('ReEncrypt', input, [
        'CiphertextBlob',
        'SourceEncryptionContext',
        'SourceKeyId',
        'DestinationKeyId',
        'DestinationEncryptionContext',
        'SourceEncryptionAlgorithm',
        'DestinationEncryptionAlgorithm',
        'GrantTokens',
      ]);
      const blob = readBlob(bytesIn(request.CiphertextBlob, 'ciphertextBlob', MAX_CIPHERTEXT));
      const before = contextIn(request.SourceEncryptionContext);
      const after = contextIn(request.DestinationEncryptionContext);
      checkTokens(request.GrantTokens);
      const from = maker(blob, request.SourceKeyId, call);
      const to = keys.named(request.DestinationKeyId, call, true);
      const same = { 'kms:ReEncryptOnSameKey': String(keyArn(from.key) === keyArn(to.key)) };
      const source = usable('ReEncryptFrom', from, call, before, same);
      const destination = usable('ReEncryptTo', to, call, after, same);
      return {
        CiphertextBlob: encrypt(destination, decrypt(source, blob, before), after).toString('base64'),
        SourceKeyId: keyArn(source),
        KeyId: keyArn(destination),
        SourceEncryptionAlgorithm: algorithmIn(request.SourceEncryptionAlgorithm),
        DestinationEncryptionAlgorithm: algorithmIn(request.DestinationEncryptionAlgorithm),
        SourceKeyMaterialId: blob.materialId,
        DestinationKeyMaterialId: destination.materials.at(-1)?.id,
      };
    },

    GenerateDataKey: (input, call) => dataKey('GenerateDataKey', input, call),

    GenerateDataKeyWithoutPlaintext: (input, call) => {
      const { Plaintext: _never, ...rest } = dataKey('GenerateDataKeyWithoutPlaintext', input, call);
      return rest;
    },

    GenerateRandom: (input) => {
      const { NumberOfBytes } = read('GenerateRandom', input, ['NumberOfBytes']);
      if (NumberOfBytes === undefined) throw validation('NumberOfBytes is required.');
      return { Plaintext: randomBytes(integerIn(NumberOfBytes, 'numberOfBytes', 1, 1_024)).toString('base64') };
    },
  };
}

/** The length of a data key in bytes, given as such or by the name of an algorithm. */
function sizeIn({ NumberOfBytes, KeySpec }: Request): number {
  if ((NumberOfBytes === undefined) === (KeySpec === undefined)) {
    throw validation('Please specify either number of bytes or key spec.');
  }
  if (KeySpec === undefined) return integerIn(NumberOfBytes, 'numberOfBytes', 1, 1_024);
  return oneOf(KeySpec, 'keySpec', ['AES_256', 'AES_128']) === 'AES_256' ? 32 : 16;
}

function algorithmIn(given: unknown): 'SYMMETRIC_DEFAULT' {
  const algorithm = oneOf(given ?? 'SYMMETRIC_DEFAULT', 'encryptionAlgorithm', [
    'SYMMETRIC_DEFAULT',
    'RSAES_OAEP_SHA_1',
    'RSAES_OAEP_SHA_256',
  ]);
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
    );
  }
  return algorithm;
}

function contextIn(given: unknown): EncryptionContext {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalidCiphertext();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') {
      throw constraint(`'${String(value)}' `, `encryptionContext.${name}`, 'be a string');
    }
  }
  return given as EncryptionContext;
}

const unknownCiphertext = () =>
  accessDenied(
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  );
