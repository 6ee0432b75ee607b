import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json';
import { buildStacks } from '../../lib/stacks';
import { functionNames, type StageConfig, type StageName, stageConfig } from '../../lib/stage-config';

type Properties = Record<string, unknown>;
export type Resource = {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
};

/** An app with the context of cdk.json and nothing built: what it deploys is not what these tests are about. */
export function newApp(): App {
  process.env.CDK_VALIDATION = 'false';
  return new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] } });
}

let emptyBundles: string | undefined;

/** A directory with a bundle for each function, as small as can be. */
export function bundles(): string {
  if (emptyBundles) return emptyBundles;
  emptyBundles = mkdtempSync(join(tmpdir(), 'orderstream-bundles-'));
  for (const name of functionNames) {
    mkdirSync(join(emptyBundles, name));
    writeFileSync(join(emptyBundles, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return emptyBundles;
}

/** Both templates of a stage. */
export function synthesise(stage: StageName | StageConfig): { readonly data: Template; readonly service: Template } {
  const { data, service } = buildStacks(newApp(), typeof stage === 'string' ? stageConfig(stage) : stage, bundles());
  return { data: Template.fromStack(data), service: Template.fromStack(service) };
}

/** The resources of a type, by logical id. */
export function resources(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}

/** The one resource of this type whose logical id begins like this. */
export function resource(template: Template, type: string, beginning: string): Resource {
  const found = Object.entries(resources(template, type)).filter(([id]) => id.startsWith(beginning));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} of ${type} begin with ${beginning}`);
  return first[1];
}

/** What each function may do: `action on resource`, where a resource is what its ARN is made of, in one line. */
export function grantsOf(service: Template, construct: string): string[] {
  const policy = resource(service, 'AWS::IAM::Policy', `${construct}Role`);
  const { Statement } = policy.Properties.PolicyDocument as { Statement: Properties[] };
  return Statement.flatMap((statement) => {
    if (statement.Effect !== 'Allow') throw new Error('an identity policy only allows');
    return list(statement.Action).flatMap((action) =>
      list(statement.Resource).map((resource) => `${action} on ${shortName(resource)}`),
    );
  }).sort();
}

/** `Events`, `Inbox/index/by-state`, `OrderBus`, `FeedDlq`: what a reference stands for, for a person. */
export function shortName(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  const [intrinsic, value] = Object.entries(reference as Properties)[0] ?? [];
  switch (intrinsic) {
    case 'Fn::ImportValue':
      return readable(String(value).replace(/^.*:ExportsOutput(Ref|FnGetAtt)/, ''));
    case 'Fn::GetAtt':
      return readable((value as string[]).join(''));
    case 'Ref':
      return readable(String(value));
    case 'Fn::Join':
      return ((value as [string, unknown[]])[1] ?? []).map(shortName).join('');
    default:
      return JSON.stringify(reference);
  }
}

/** Logical ids end in eight hexadecimal digits, attributes follow, exports have digits of their own. */
function readable(id: string): string {
  const [, name, attribute] = /^(.*?)(?:Queue|Table)?[0-9A-F]{8}(StreamArn)?/.exec(id) ?? [];
  if (!name) return id;
  return (name === 'EventStoreEvents' ? 'Events' : name) + (attribute ? ' stream' : '');
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
