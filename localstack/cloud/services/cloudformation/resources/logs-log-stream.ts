import type { ResourceHandler } from './handler';

/** AWS::Logs::LogStream. */
export const logsLogStream: ResourceHandler = {
  properties: ['LogGroupName', 'LogStreamName'],
  refused: [],
  required: ['LogGroupName'],
  createOnly: ['LogGroupName', 'LogStreamName'],

  create: async ({ LogGroupName: logGroupName, LogStreamName }, { call, newName }) => {
    const logStreamName: string = LogStreamName ?? newName(512);
    await call('logs', 'CreateLogStream', { logGroupName, logStreamName });
    return { physicalId: logStreamName };
  },

  delete: (logStreamName, { LogGroupName: logGroupName }, { call }) =>
    call('logs', 'DeleteLogStream', { logGroupName, logStreamName }),
};
