import { describe, expect, it } from '@jest/globals';
import { powertoolsTelemetry } from '../../functions/adapters/telemetry';

/** What goes to stdout while `work` runs, line by line. */
function printedBy(work: () => void): Record<string, unknown>[] {
  const { stdout, stderr } = process;
  const [out, err] = [stdout.write, stderr.write];
  let text = '';
  stdout.write = stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    work();
  } finally {
    Object.assign(stdout, { write: out });
    Object.assign(stderr, { write: err });
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

describe('telemetry', () => {
  it('is a line of JSON for each event, with its fields', () => {
    const telemetry = powertoolsTelemetry('ingest-orders', 'test');
    const [appended, failed] = printedBy(() => {
      telemetry.info('appended', { stream: 'order#o-1', correlationId: 'story' });
      telemetry.error('failed', new Error('throttled'));
    });
    expect(appended).toMatchObject({
      level: 'INFO',
      message: 'appended',
      stream: 'order#o-1',
      service: 'ingest-orders',
    });
    expect(failed).toMatchObject({ level: 'ERROR', error: { message: 'throttled' } });
  });

  it('makes metrics of one invocation one line, and none where there was nothing to count', () => {
    const telemetry = powertoolsTelemetry('ingest-orders', 'test');
    const lines = printedBy(() => {
      telemetry.flush();
      telemetry.count('Appended');
      telemetry.count('Appended', 2);
      telemetry.time('ProcessingTime', 7);
      telemetry.flush();
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      service: 'ingest-orders',
      stage: 'test',
      ProcessingTime: 7,
      Appended: [1, 2],
      _aws: { CloudWatchMetrics: [{ Namespace: 'Orderstream' }] },
    });
  });
});
