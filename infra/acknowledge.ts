import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Records the reason why one place does not follow a rule of cdk-nag. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** Records the reason why a policy of this role names this one resource with a wildcard. */
export function acknowledgeWildcard(role: IConstruct, resource: string, reason: string): void {
  acknowledge(role, `AwsSolutions-IAM5[Resource::${flat(Stack.of(role).resolve(resource))}]`, reason);
}

/** Formats a resolved ARN as cdk-nag does: `<LogicalId.Arn>/key`. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return argument[1].map(flat).join('');
  }
  return `<${Array.isArray(argument) ? argument.join('.') : String(argument)}>`;
}
