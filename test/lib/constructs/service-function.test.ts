import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildStacks } from '../../../lib/stacks';
import { stageConfig } from '../../../lib/stage-config';
import { newApp } from '../../support/synthesised';

test('a function without a bundle is refused with what makes one', () => {
  const empty = mkdtempSync(join(tmpdir(), 'orderstream-'));
  expect(() => buildStacks(newApp(), stageConfig('dev'), empty)).toThrow(
    /no bundle .*ingest-orders.index\.mjs.*npm run build.*functions\/handlers\/ingest-orders\.ts/s,
  );
});
