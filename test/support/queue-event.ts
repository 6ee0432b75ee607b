import type { SQSEvent, SQSRecord } from 'aws-lambda';

/** Messages as a queue's mapping hands them to a function: `message-1` …; a text is a body as it is. */
export function queueEvent(messages: readonly (object | string)[]): SQSEvent {
  return {
    Records: messages.map((message, index) => {
      const body = typeof message === 'string' ? message : JSON.stringify(message);
      return { messageId: `message-${index + 1}`, body, eventSource: 'aws:sqs' } as SQSRecord;
    }),
  };
}
