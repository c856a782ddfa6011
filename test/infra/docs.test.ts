import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from '@jest/globals';
import { keyPatternOf } from '../../infra/permissions.ts';
import type { LedgerDocument } from '../../lambdas/definition.ts';
import { allFunctions } from '../../lambdas/functions.ts';

test('docs/deployment.md says of each function what the table of functions says', async () => {
  const page = await readFile(new URL('../../docs/deployment.md', import.meta.url), 'utf8');
  for (const [name, { definition }] of Object.entries(allFunctions)) {
    const { ledger, needs, timeoutSeconds, memoryMegabytes } = definition;
    const keys = (documents: LedgerDocument[]) =>
      documents.map((document) => `\`${keyPatternOf(document)}\``).join(', ');
    const documents = (['read', 'write'] as const)
      .filter((action) => ledger[action].length > 0)
      .map((action) => `${action} ${keys(ledger[action])}`)
      .join('; ');
    const flags = [
      ...(['secrets', 'cluster', 'alerts', 'events'] as const).map((need) =>
        needs.includes(need) ? 'yes' : '',
      ),
      needs.includes('executions')
        ? 'describes, stops'
        : needs.includes('executionStates')
          ? 'describes'
          : '',
    ];
    const limits = `${timeoutSeconds} s, ${memoryMegabytes} MB`;
    const row = `| ${[name, documents, ...flags, limits].join(' | ')} |`;
    assert.ok(page.includes(row), `docs/deployment.md lacks: ${row}`);
  }
});
