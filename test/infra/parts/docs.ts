import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import * as z from 'zod';
import { deployment } from '../../../core/config/deployment.ts';
import { parseConfig } from '../../../core/config/file.ts';
import { mistakesOfDeployment } from '../../../infra/deployment-mistakes.ts';
import { keyPatternOf } from '../../../infra/permissions.ts';
import { risksOfReachability } from '../../../infra/reachability.ts';
import type { LedgerDocument } from '../../../lambdas/definition.ts';
import { allFunctions } from '../../../lambdas/functions.ts';

test('docs/deployment.md says of each function what the table of functions says', () => {
  const page = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
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

describe('The YAML of docs/network.md', () => {
  const page = readFileSync(new URL('../../../docs/network.md', import.meta.url), 'utf8');
  const blocks = page.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n');
    return [...section.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => ({ heading, text }));
  });
  const beginningWith = (key: string) => blocks.filter(({ text }) => text.startsWith(`${key}:`));
  const services = beginningWith('apiVersion');
  const clusters = beginningWith('clusters');
  const deployments = beginningWith('deployment');
  const templates = beginningWith('Resources');

  test('Each block is a part of camunda-backup.yaml, a service of Kubernetes or a part of a template', () => {
    assert.deepEqual(new Set([...deployments, ...clusters, ...services, ...templates]), new Set(blocks));
    assert.equal(deployments.length, 1);
  });

  test.each(clusters)(
    'The functions of the deployment on the page reach the cluster under $heading',
    ({ text }) => {
      const yaml = `ledger: { s3: { bucket: my-backups } }\n${text}${deployments[0]?.text}`;
      const { clusters } = parseConfig(yaml, 'docs/network.md', '.', (parts) =>
        mistakesOfDeployment(parts, parts.deployment ?? deployment.parse({})),
      );
      for (const [name, cluster] of Object.entries(clusters)) {
        assert.deepEqual(risksOfReachability(name, cluster, { isInVpc: true }), []);
      }
    },
  );

  test.each(services)(
    'A service under $heading has annotations that are texts, as Kubernetes wants them',
    ({ text }) => {
      const { errors, warnings } = parseDocument(text);
      assert.deepEqual([...errors, ...warnings], []);
      service.parse(parse(text));
    },
  );
});

const texts = z.record(z.string(), z.string());

/** The fields that a service on the page has: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1 */
const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata: z.strictObject({ name: z.string(), annotations: texts }),
  spec: z.strictObject({
    type: z.literal('LoadBalancer').optional(),
    loadBalancerClass: z.string().optional(),
    clusterIP: z.literal('None').optional(),
    publishNotReadyAddresses: z.boolean().optional(),
    selector: texts,
    ports: z.array(z.strictObject({ name: z.string(), port: z.int() })),
  }),
});
