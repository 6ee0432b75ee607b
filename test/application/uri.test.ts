import { describe, expect, it } from '@jest/globals';
import { isAbsoluteUri, isUriReference } from '../../functions/application/uri';

describe('a URI reference', () => {
  it.each([
    // RFC 3986, sections 1.1.2 and 5.4, and the examples of the CloudEvents specification.
    'ftp://ftp.is.co.za/rfc/rfc1808.txt',
    'http://www.ietf.org/rfc/rfc2396.txt',
    'ldap://[2001:db8::7]/c=GB?objectClass?one',
    'mailto:John.Doe@example.com',
    'news:comp.infosystems.www.servers.unix',
    'tel:+1-816-555-1212',
    'telnet://192.0.2.16:80/',
    'urn:oasis:names:specification:docbook:dtd:xml:4.1.2',
    'https://github.com/cloudevents',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    ...['/cloudevents/spec/pull/123', '/sensors/tn-1234567/alerts', '1-555-123-4567', 'cloudevents/spec/pull/123'],
    ...['g', './g', 'g/', '/g', '//g', '?y', 'g?y', '#s', 'g#s', 'g?y#s', ';x', 'g;x=1/../y', '', '..', '../../g'],
    ...['a/b:c', 'http:', 'x:/', 'x:/a//b', 'x://', '%41', 'a?b/c?d', 'http://user:pass@host:/'],
    ...['//[::]', '//[1:2:3:4:5:6:7::]', '//[::ffff:1.2.3.4]', '//[1:2:3:4:5:6:1.2.3.4]', '//[v1.a:b]', '//256.1.1.1'],
  ])('may be %j', (text) => {
    expect(isUriReference(text)).toBe(true);
  });

  it.each([
    ...['a b', 'ö', '%', '%4', '%zz', 'a\\b', '<x>', '"x"', '{x}', 'a|b', 'a^b', '`', 'a#b#c', '[x]', '/a[0]'],
    ...['1a:b', ':x', '//host:port', '//a@b@c', 'x://[::1', '//[::1]x', '//[1:2:3:4:5:6:7:8:9]', '//[1::2::3]'],
    ...['//[1:2:3:4:5:6:7:8::]', '//[12345::]', '//[1.2.3.4::]', '//[::1.2.3]', '//[::1.2.3.256]', '//[]', '//[v.x]'],
  ])('is not %j', (text) => {
    expect(isUriReference(text)).toBe(false);
  });

  it('is read in time in proportion to its length', () => {
    const started = performance.now();
    expect(isUriReference(`${'a'.repeat(200_000)}%`)).toBe(false);
    expect(isUriReference(`//${'a:'.repeat(100_000)} `)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('an absolute URI', () => {
  it.each(['https://example.com/order.json?v=1', 'urn:x', 'http:', 'a+b-c.d:e'])('may be %j', (text) => {
    expect(isAbsoluteUri(text)).toBe(true);
  });

  it.each(['', '/order.json', '//example.com', 'https://example.com/#v1', 'order.json', '1a:b'])(
    'is not %j',
    (text) => {
      expect(isAbsoluteUri(text)).toBe(false);
    },
  );
});
