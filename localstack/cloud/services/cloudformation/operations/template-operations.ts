import { refuseUnknown } from '../../../core/aws-error';
import type { Call, Operation } from '../../../core/service';
import { describeCapabilities } from '../template/capabilities';
import { validationError } from '../template/errors';
import { readOutline, readTemplate } from '../template/read-template';
import { resourceIdentifiers } from '../template/resource-identifiers';
import type { Template, TemplateParameter } from '../template/template';
import type { CloudFormation } from './cloudformation';
import { scopeOfParameters, templateText } from './target';

/** Templates by themselves. */
export function templateOperations(cloud: CloudFormation): Record<string, Operation> {
  const { stacks, changeSets } = cloud;
  /** As it takes effect with its parameters' defaults. */
  const read = (text: string, call: Call): Template =>
    readTemplate(readOutline(text), (template) => {
      const parameters = Object.entries(template.Parameters ?? {}).map(([key, { Default: value = '' }]) => ({
        key,
        value: String(value),
      }));
      const { account, region } = call;
      return scopeOfParameters(cloud, template, parameters, { id: '', name: '', account, region });
    });
  return {
    GetTemplate: (input, call) => {
      refuseUnknown('GetTemplate', input, ['StackName', 'ChangeSetName', 'TemplateStage']);
      const stack = input.StackName ? stacks.get(call, input.StackName) : undefined;
      if (!stack && !input.ChangeSetName) throw validationError('Either StackName or ChangeSetName must be specified.');
      const source = input.ChangeSetName ? changeSets.get(input.ChangeSetName, stack) : stack!;
      const owner = stack ?? stacks.get(call, 'stackId' in source ? source.stackId : source.id);
      let { templateBody } = source;
      // A stack in review has none yet; the CDK CLI asks all the same.
      if (input.TemplateStage === 'Processed' && templateBody !== '') {
        const written = readOutline(templateBody);
        if (written.Transform !== undefined) {
          const scope = (outline: Template) => scopeOfParameters(cloud, outline, source.parameters, owner);
          templateBody = JSON.stringify(readTemplate(written, scope));
        }
      }
      return { TemplateBody: templateBody, StagesAvailable: ['Original', 'Processed'] };
    },

    GetTemplateSummary: async (input, call) => {
      refuseUnknown('GetTemplateSummary', input, ['StackName', 'TemplateBody', 'TemplateURL', 'TemplateSummaryConfig']);
      refuseUnknown('GetTemplateSummary: TemplateSummaryConfig', input.TemplateSummaryConfig || {}, [
        'TreatUnrecognizedResourceTypesAsWarnings',
      ]);
      const text = input.StackName ? stacks.get(call, input.StackName).templateBody : await templateText(cloud, input);
      const template = read(text, call);
      return {
        ...describe(template),
        Parameters: Object.entries(template.Parameters ?? {}).map(([key, parameter]) => ({
          ...describeParameter(key, parameter),
          ParameterType: parameter.Type,
          ParameterConstraints: parameter.AllowedValues && { AllowedValues: parameter.AllowedValues.map(String) },
        })),
        ResourceTypes: [...new Set(Object.values(template.Resources).map((resource) => resource.Type))],
        ResourceIdentifierSummaries: resourceIdentifiers(template),
        Version: template.AWSTemplateFormatVersion,
        Metadata: template.Metadata && JSON.stringify(template.Metadata),
      };
    },

    ValidateTemplate: async (input, call) => {
      refuseUnknown('ValidateTemplate', input, ['TemplateBody', 'TemplateURL']);
      const template = read(await templateText(cloud, input), call);
      return {
        ...describe(template),
        Parameters: Object.entries(template.Parameters ?? {}).map(([key, parameter]) =>
          describeParameter(key, parameter),
        ),
      };
    },
  };
}

const describe = (template: Template) => ({
  Description: template.Description,
  DeclaredTransforms: [template.Transform ?? []].flat(),
  ...describeCapabilities(template),
});

const describeParameter = (key: string, parameter: TemplateParameter) => ({
  ParameterKey: key,
  DefaultValue: parameter.Default === undefined ? undefined : String(parameter.Default),
  NoEcho: String(parameter.NoEcho ?? false) === 'true',
  Description: parameter.Description,
});
