import { describe, expect, it } from '@jest/globals';
import { isJsonType, mediaTypeOf } from '../../functions/application/media-type';

describe('a media type', () => {
  it.each([
    ['application/json', { essence: 'application/json' }],
    ['Application/JSON; Charset=UTF-8', { essence: 'application/json', charset: 'utf-8' }],
    ['text/plain;format=flowed; charset="us-\\ascii"', { essence: 'text/plain', charset: 'us-ascii' }],
    ['multipart/mixed; boundary="a b; charset=x"', { essence: 'multipart/mixed' }],
    ['application/vnd.example.v2+json', { essence: 'application/vnd.example.v2+json' }],
    [' image/svg+xml ', { essence: 'image/svg+xml' }],
  ])('is %s', (text, type) => {
    expect(mediaTypeOf(text)).toEqual(type);
  });

  it.each([
    '',
    'json',
    'application/',
    '/json',
    'a/b/c',
    'a b/c',
    'text/plain;',
    'text/plain; charset',
    'text/plain; =x',
  ])('is not %j', (text) => {
    expect(mediaTypeOf(text)).toBeUndefined();
  });

  it.each([
    ['application/json', true],
    ['text/json', true],
    ['application/problem+json', true],
    ['application/jsonp', false],
    ['application/json-seq', false],
    ['application/+json', false],
    ['application/xml', false],
  ])('%s declares JSON: %j', (text, isJson) => {
    expect(isJsonType(mediaTypeOf(text)!)).toBe(isJson);
  });
});
