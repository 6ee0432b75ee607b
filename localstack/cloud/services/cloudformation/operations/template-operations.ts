import { refuseUnknown } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { checkTemplate, neededCapability } from '../template/check-template';
import { parseTemplate } from '../template/parse-template';
import type { Template } from '../template/template';
import type { CloudFormation } from './cloudformation';
import { templateText } from './target';

/** Templates by themselves. */
export function templateOperations(cloud: CloudFormation): Record<string, Operation> {
  const { stacks, changeSets } = cloud;
  const read = async (text: string): Promise<Template> => {
    const template = parseTemplate(text);
    checkTemplate(template);
    return template;
  };
  return {
    GetTemplate: (input, call) => {
      refuseUnknown('GetTemplate', input, ['StackName', 'ChangeSetName', 'TemplateStage']);
      const stack = input.StackName ? stacks.get(call, input.StackName) : undefined;
      const { templateBody } = input.ChangeSetName
        ? changeSets.get(input.ChangeSetName, stack)
        : stacks.get(call, input.StackName);
      return { TemplateBody: templateBody, StagesAvailable: ['Original', 'Processed'] };
    },

    GetTemplateSummary: async (input, call) => {
      refuseUnknown('GetTemplateSummary', input, ['StackName', 'TemplateBody', 'TemplateURL', 'TemplateSummaryConfig']);
      const text = input.StackName ? stacks.get(call, input.StackName).templateBody : await templateText(cloud, input);
      const template = await read(text);
      const types = [...new Set(Object.values(template.Resources).map((resource) => resource.Type))];
      return {
        ...describe(template),
        ResourceTypes: types,
        Version: template.AWSTemplateFormatVersion,
        Metadata: template.Metadata && JSON.stringify(template.Metadata),
        DeclaredTransforms: [template.Transform ?? []].flat(),
      };
    },

    ValidateTemplate: async (input) => {
      refuseUnknown('ValidateTemplate', input, ['TemplateBody', 'TemplateURL']);
      return describe(await read(await templateText(cloud, input)));
    },
  };
}

function describe(template: Template): object {
  const capability = neededCapability(template);
  return {
    Description: template.Description,
    Parameters: Object.entries(template.Parameters ?? {}).map(([key, parameter]) => ({
      ParameterKey: key,
      DefaultValue: parameter.Default,
      ParameterType: parameter.Type,
      NoEcho: String(parameter.NoEcho ?? false) === 'true',
      Description: parameter.Description,
    })),
    Capabilities: capability ? [capability] : [],
    ...(capability && {
      CapabilitiesReason: `The following resource(s) require capabilities: [${[
        ...new Set(
          Object.values(template.Resources)
            .map(({ Type }) => Type)
            .filter((type) => type.startsWith('AWS::IAM::')),
        ),
      ].join(', ')}]`,
    }),
  };
}
