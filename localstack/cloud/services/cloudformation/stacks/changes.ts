import { asAwsError } from '../../../core/registry';
import type { ResourceHandler } from '../resources/handler';
import { inOrder } from '../template/dependencies';
import { validationError } from '../template/errors';
import type { ParameterValue } from '../template/parameters';
import { parseTemplate } from '../template/parse-template';
import type { Template } from '../template/template';
import { type Cause, causesIn } from './causes';
import type { Prepared } from './deployment';
import { needsReplacement, recreation } from './replacement';
import type { Wanted } from './resource-work';
import type { Stack, StackResource, Target } from './stack';
import { canonical, changedProperties, notesDiffer, stackOutputs, wantedResource } from './wanted';

/** One reason why a resource changes. */
export type Detail = {
  readonly attribute: 'Properties' | 'Metadata' | 'DeletionPolicy' | 'UpdateReplacePolicy';
  /** Of the property. */
  readonly name?: string;
  readonly recreation: 'Never' | 'Conditionally' | 'Always';
  readonly evaluation: 'Static' | 'Dynamic';
  readonly cause?: Cause;
};

type Properties = Readonly<Record<string, unknown>>;

/** What a deployment would do to one resource. */
export type Change = {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import';
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  /** Whether a new resource takes the place of the old one. */
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly policyAction?: 'Delete' | 'Retain' | 'ReplaceAndDelete' | 'ReplaceAndRetain';
  readonly details: readonly Detail[];
  readonly before?: Properties;
  readonly after?: Properties;
};

type Planned = Pick<Stack, 'outputs' | 'tags' | 'parameters' | 'templateBody'>;

/** Whether a deployment would do anything, and what to which resource. Throws `ValidationError` for what cannot be done. */
export function plan(
  stack: Planned,
  target: Pick<Target, 'tags' | 'parameters'>,
  { template, dependencies, scope }: Prepared,
  /** What there is; the scope of `prepared` must look into this very map. */
  resources: Map<string, StackResource>,
  handlers: ReadonlyMap<string, ResourceHandler>,
): { changes: Change[]; differs: boolean } {
  refuseOtherTypes(template, resources);
  const existing = new Map(resources);
  const changes: Change[] = [];
  const detailsOf = detailing(stack, target, template, handlers, changes);
  for (const logicalId of inOrder(dependencies)) {
    const before = existing.get(logicalId);
    const { Type: type } = template.Resources[logicalId]!;
    if (!before?.physicalId || before.status === 'CREATE_FAILED') {
      resources.delete(logicalId);
      changes.push({ action: 'Add', logicalId, type, details: [], ...after(() => wanted(logicalId)) });
      continue;
    }
    let next: Wanted | undefined;
    try {
      next = wanted(logicalId);
    } catch (error) {
      // A function may choke on what is not known yet; then something it depends on changes, and so does this.
      if (changes.length === 0) throw asAwsError(error);
    }
    const changed = next ? changedProperties(before, next) : Object.keys(before.properties);
    const handler = handlers.get(type);
    const replaced = needsReplacement(handler, changed, next?.properties ?? {}, before.properties);
    // Whoever refers to a resource that is replaced sees something new.
    if (replaced) resources.delete(logicalId);
    const failed = before.status === 'UPDATE_FAILED';
    if (changed.length === 0 && !failed && next && !notesDiffer(before, next)) continue;
    const details = detailsOf(before, next, changed);
    changes.push({
      action: 'Modify',
      logicalId,
      physicalId: before.physicalId,
      type,
      replacement: replacementOf(details, replaced),
      ...(replaced && { policyAction: retained(before.updateReplacePolicy) ? 'ReplaceAndRetain' : 'ReplaceAndDelete' }),
      details,
      before: before.properties,
      ...(next && { after: next.properties }),
    });
  }
  for (const { logicalId, physicalId, type, deletionPolicy, properties } of existing.values()) {
    if (dependencies.has(logicalId)) continue;
    changes.push({
      action: 'Remove',
      logicalId,
      type,
      ...(physicalId && { physicalId }),
      policyAction: retained(deletionPolicy) ? 'Retain' : 'Delete',
      details: [],
      before: properties,
    });
  }
  const differs =
    changes.length > 0 ||
    canonical(target.tags) !== canonical(stack.tags) ||
    canonical(stackOutputs(template, scope)) !== canonical(stack.outputs);
  return { changes, differs };

  function wanted(logicalId: string): Wanted {
    return wantedResource(template, logicalId, dependencies, scope);
  }
}

/** AWS never turns a resource into one of another type. */
function refuseOtherTypes(template: Template, resources: ReadonlyMap<string, StackResource>): void {
  const changed = [...resources.values()].filter(({ logicalId, type, physicalId }) => {
    const declared = template.Resources[logicalId];
    return physicalId !== undefined && declared !== undefined && declared.Type !== type;
  });
  if (changed.length === 0) return;
  const names = changed.map(({ logicalId }) => logicalId).join(', ');
  throw validationError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${names}]`,
  );
}

/** Where each change of a property comes from: the template itself, a parameter, or another resource that changes. */
function detailing(
  stack: Planned,
  target: Pick<Target, 'parameters'>,
  template: Template,
  handlers: ReadonlyMap<string, ResourceHandler>,
  /** So far; everything that a resource refers to comes before it. */
  changes: readonly Change[],
): (before: StackResource, wanted: Wanted | undefined, changed: readonly string[]) => Detail[] {
  const old = stack.templateBody === '' ? undefined : parseTemplate(stack.templateBody);
  const parameterChanged = (name: string) =>
    canonical(parameterOf(target.parameters, name)) !== canonical(parameterOf(stack.parameters, name));
  const resourceReplaced = (name: string) =>
    changes.some(
      ({ logicalId, action, replacement }) => logicalId === name && (action === 'Add' || replacement !== 'False'),
    );
  const struck = ({ source, entity }: Cause) =>
    source === 'ParameterReference' ? parameterChanged(entity) : resourceReplaced(entity.split('.')[0]!);
  return (before, wanted, changed) => {
    const { logicalId, type } = before;
    const text = template.Resources[logicalId]?.Properties ?? {};
    const oldText = old?.Resources[logicalId]?.Properties ?? {};
    const details = changed.flatMap((name): Detail[] => {
      const detail = { attribute: 'Properties', name, recreation: recreation(handlers.get(type), name) } as const;
      const causes = causesIn(text[name], (parameter) => template.Parameters?.[parameter] !== undefined).filter(struck);
      const direct = canonical(text[name]) !== canonical(oldText[name]);
      const others = causes.map((cause): Detail => {
        // What a resource that is still to be made will yield is not known.
        const evaluation = cause.source === 'ResourceAttribute' ? 'Dynamic' : 'Static';
        return { ...detail, evaluation, cause };
      });
      const ofParameter = causes.some(({ source }) => source === 'ParameterReference');
      if (direct || others.length === 0) return [{ ...detail, evaluation: direct ? 'Static' : 'Dynamic' }, ...others];
      return ofParameter ? [{ ...detail, evaluation: 'Dynamic' }, ...others] : others;
    });
    return wanted ? [...details, ...noteDetails(before, wanted)] : details;
  };
}

function noteDetails(before: StackResource, wanted: Wanted): Detail[] {
  const detail = (attribute: Detail['attribute']): Detail => ({ attribute, recreation: 'Never', evaluation: 'Static' });
  return [
    ...(canonical(before.metadata) === canonical(wanted.metadata) ? [] : [detail('Metadata')]),
    ...(before.deletionPolicy === wanted.deletionPolicy ? [] : [detail('DeletionPolicy')]),
    ...(before.updateReplacePolicy === wanted.updateReplacePolicy ? [] : [detail('UpdateReplacePolicy')]),
  ];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html, at `Replacement`. */
function replacementOf(details: readonly Detail[], replaced: boolean): 'True' | 'False' | 'Conditional' {
  if (details.some((detail) => detail.recreation === 'Always' && detail.evaluation === 'Static')) return 'True';
  const perhaps = details.some((detail) => detail.recreation !== 'Never');
  return perhaps || replaced ? 'Conditional' : 'False';
}

const retained = (policy: string | undefined) => policy === 'Retain' || policy === 'RetainExceptOnCreate';

function parameterOf(parameters: readonly ParameterValue[], name: string) {
  const parameter = parameters.find(({ key }) => key === name);
  return [parameter?.value, parameter?.resolved];
}

/** The properties of a resource that is to be made, as far as they are known. */
function after(wanted: () => Wanted): { after?: Properties } {
  try {
    return { after: wanted().properties };
  } catch {
    return {};
  }
}
