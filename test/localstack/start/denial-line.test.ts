import { expect, it } from '@jest/globals';
import { readArguments } from '../../../localstack/start/arguments';
import { banner } from '../../../localstack/start/banner';
import { denialLine } from '../../../localstack/start/denial-line';

it('says when, who, and what would allow it', () => {
  const roleArn = 'arn:aws:iam::000000000000:role/r';
  const arn = 'arn:aws:sts::000000000000:assumed-role/r/Orders-local-Ingest';
  const denial = {
    principal: { kind: 'role', roleArn, arn },
    action: 'sqs:SendMessage',
    resource: '*',
    line: 'IAM denied r: …',
  } as const;
  const at = new Date('2026-01-01T10:00:00Z');
  const names: Record<string, string> = { 'Orders-local-Ingest': 'Ingest' };
  expect(denialLine(denial, at, (name) => names[name] ?? name)).toBe('10:00:00.000  IAM denied r: …  (Ingest)');
  expect(denialLine(denial, at, (name) => name)).toBe('10:00:00.000  IAM denied r: …');
});

it('says when policies are not judged, which has to be asked for', () => {
  expect(readArguments([])).toMatchObject({ iam: true });
  expect(readArguments(['--no-iam'])).toMatchObject({ iam: false });
  expect(banner('http://here', {}, '', { iam: false })).toContain('IAM       off');
  expect(banner('http://here', {}, '')).not.toContain('IAM');
});
