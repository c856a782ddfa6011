import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from '@jest/globals';
import { functions, type LedgerObjects, ledgerKeys } from '../../lambdas/aws/functions.ts';

test('docs/deployment.md says of each function what the table of functions says', async () => {
  const page = await readFile(new URL('../../docs/deployment.md', import.meta.url), 'utf8');
  for (const [name, { ledger, ...may }] of Object.entries(functions)) {
    const keys = (objects: LedgerObjects[]) =>
      objects.map((object) => `\`${ledgerKeys[object]}\``).join(', ');
    const documents = (['read', 'write'] as const)
      .filter((action) => ledger[action].length > 0)
      .map((action) => `${action} ${keys(ledger[action])}`)
      .join('; ');
    const flags = [may.secrets, may.cluster, may.alerts, may.executions].map((flag) => (flag ? 'yes' : ''));
    const limits = `${may.timeoutSeconds} s, ${may.memoryMegabytes} MB`;
    const row = `| ${[name, documents, ...flags, limits].join(' | ')} |`;
    assert.ok(page.includes(row), `docs/deployment.md lacks: ${row}`);
  }
});
