import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { run } from '../../support/servers/command.ts';
import { pythonEnvironment, pythonOf } from '../python.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

const findings = z.array(
  z.object({ Filename: z.string(), Message: z.string(), Rule: z.object({ Id: z.string() }) }),
);

/**
 * Checks templates with cfn-lint against what CloudFormation knows in these regions. Returns the errors, each with the
 * name of its template; warnings are not asked for. See https://github.com/aws-cloudformation/cfn-lint
 */
export async function errorsOf(
  templates: Record<string, object>,
  regions: string[],
  python: string,
): Promise<string[]> {
  const environment = await pythonEnvironment(python, 'cfn-lint', requirements);
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-cfn-lint-'));
  try {
    const files = Object.entries(templates).map(([name, template]) => {
      const file = path.join(folder, name);
      writeFileSync(file, JSON.stringify(template));
      return file;
    });
    const settings = ['--format', 'json', '--ignore-checks', 'W', '--regions', ...regions];
    const program = path.join(environment, 'bin', 'cfn-lint');
    const { output } = await run(pythonOf(environment), [program, ...settings, '--', ...files]);
    return findings
      .parse(JSON.parse(output))
      .map(({ Filename, Rule, Message }) => `${path.basename(Filename)}: ${Rule.Id} ${Message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
