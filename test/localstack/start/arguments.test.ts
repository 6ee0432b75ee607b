import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../localstack/start/arguments';

describe('how many environments a function may have', () => {
  it('is left to the cloud unless it is said', () => {
    expect(readArguments([])).toMatchObject({ environments: undefined });
    expect(readArguments(['--environments', '40'])).toMatchObject({ environments: 40 });
  });

  it.each(['0', '-1', '1.5', 'many', '1001'])('is not %s', (environments) => {
    expect(() => readArguments([`--environments=${environments}`])).toThrow(
      `--environments is "${environments}"; give a number from 1 to 1000`,
    );
  });
});
