import type { Properties, ResourceHandler } from './handler';
import { jsonText, pick, typed } from './pick';

const SETTINGS = ['Description', 'EventPattern', 'RetentionDays', 'KmsKeyIdentifier'];

/** AWS::Events::Archive. */
export const eventsArchive: ResourceHandler = {
  properties: ['ArchiveName', 'SourceArn', ...SETTINGS],
  refused: [],
  required: ['SourceArn'],
  createOnly: ['ArchiveName', 'SourceArn'],
  nameProperty: 'ArchiveName',

  create: async (properties, { call, newName }) => {
    const ArchiveName: string = properties.ArchiveName ?? newName(48);
    const { ArchiveArn } = await call('events', 'CreateArchive', {
      ArchiveName,
      EventSourceArn: properties.SourceArn,
      ...settingsFrom(properties),
    });
    return { physicalId: ArchiveName, attributes: { Arn: ArchiveArn, ArchiveName } };
  },

  update: async (ArchiveName, properties, _before, { call }) => {
    await call('events', 'UpdateArchive', { ArchiveName, ...settingsFrom(properties) });
  },

  delete: (ArchiveName, _properties, { call }) => call('events', 'DeleteArchive', { ArchiveName }),
};

/** What is left out keeps its value at an update, as it does at AWS. */
function settingsFrom(properties: Properties) {
  const { EventPattern, ...settings } = pick(properties, SETTINGS);
  return {
    ...(typed(settings, ['RetentionDays'], []) as object),
    ...(EventPattern === undefined ? {} : { EventPattern: jsonText(EventPattern) }),
  };
}
