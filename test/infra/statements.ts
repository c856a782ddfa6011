import type { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';

const list = z.union([z.string(), z.record(z.string(), z.unknown())]).or(z.array(z.unknown()));
const statement = z.object({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: list,
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const policy = z.object({
  Properties: z.object({
    PolicyDocument: z.object({ Statement: z.array(statement) }),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});
export type Statement = z.infer<typeof statement>;

/** What the role of a function may do, one entry for each action: `s3:GetObject` → its resources, as text. */
export function allowedTo(template: Template, roleStart: string): Map<string, string[]> {
  const allowed = new Map<string, string[]>();
  for (const { Action, Resource } of statementsOf(template, roleStart)) {
    for (const action of Action) {
      const before = allowed.get(action) ?? [];
      allowed.set(action, [...before, ...(Array.isArray(Resource) ? Resource : [Resource]).map(flat)].sort());
    }
  }
  return allowed;
}

export function statementsOf(template: Template, roleStart: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .map((resource) => policy.parse(resource).Properties)
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(roleStart)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** A reference in a template as text: `<LogicalId.Arn>/key`, the hashes cut off the logical ids. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === 'Fn::Join') {
    const [, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument);
    return parts.map(flat).join('');
  }
  const [id = '', ...rest] = Array.isArray(argument) ? argument.map(String) : [String(argument)];
  return `<${[id.replace(/[0-9A-F]{8}$/, ''), ...rest].join('.')}>`;
}
