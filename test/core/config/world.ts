import assert from 'node:assert/strict';
import { parseConfig } from '../../../core/config/file.ts';
import { thrownBy } from '../fakes.ts';

export const ledger = 'ledger: { folder: ./ledger }\n';
export const head = `${ledger}clusters:\n  production:\n`;
export const zeebe = '    zeebe: { url: http://zeebe:9600 }\n';

export async function mistakesIn(yaml: string): Promise<string[]> {
  const error = await thrownBy(() => parseConfig(yaml, 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  const [headline, ...lines] = error.message.split('\n');
  const count = lines.length === 1 ? 'a mistake' : `${lines.length} mistakes`;
  assert.equal(headline, `c.yaml has ${count}:`);
  return lines.map((line) => line.trim());
}
