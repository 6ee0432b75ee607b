import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import { chooseVersion, latest, parseSelector, type Version } from './parameter';
import type { Parameters } from './parameters';

const MAX_LABELS = 10;

/** Labels: names for versions. One is on one version at a time. */
export function labelOperations(parameters: Parameters): Record<string, Operation> {
  return {
    LabelParameterVersion: (input, call) => {
      refuseUnknown('LabelParameterVersion', input, ['Name', 'ParameterVersion', 'Labels']);
      const { name } = parseSelector(input.Name);
      const parameter = parameters.get({ name, suffix: '' }, call);
      const number: number = input.ParameterVersion ?? latest(parameter).version;
      const target = chooseVersion(parameter, { name, version: number, suffix: '' });
      const given = (input.Labels ?? []) as string[];
      const valid = given.filter(isLabel);
      const labels = [...new Set([...target.labels, ...valid])];
      if (labels.length > MAX_LABELS) {
        throw new AwsError(
          'ParameterVersionLabelLimitExceeded',
          `A parameter version can have maximum ${MAX_LABELS} labels. Move one or more labels to another version and try again.`,
        );
      }
      const versions = parameter.versions.map((version) =>
        version === target ? { ...version, labels } : without(version, valid),
      );
      parameters.set({ ...parameter, versions }, call);
      return { InvalidLabels: given.filter((label) => !isLabel(label)), ParameterVersion: number };
    },

    UnlabelParameterVersion: (input, call) => {
      refuseUnknown('UnlabelParameterVersion', input, ['Name', 'ParameterVersion', 'Labels']);
      const { name } = parseSelector(input.Name);
      const parameter = parameters.get({ name, suffix: '' }, call);
      const target = chooseVersion(parameter, { name, version: Number(input.ParameterVersion), suffix: '' });
      const given = (input.Labels ?? []) as string[];
      const versions = parameter.versions.map((version) => (version === target ? without(version, given) : version));
      parameters.set({ ...parameter, versions }, call);
      return {
        RemovedLabels: given.filter((label) => target.labels.includes(label)),
        InvalidLabels: given.filter((label) => !target.labels.includes(label)),
      };
    },
  };
}

const without = (version: Version, labels: readonly string[]): Version => ({
  ...version,
  labels: version.labels.filter((label) => !labels.includes(label)),
});

const isLabel = (label: string): boolean => /^(?!\d|aws|ssm)[\w.-]{1,100}$/i.test(label);
