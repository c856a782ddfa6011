import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says why a rule of cdk-nag is not followed at one place. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** Says why a policy names a resource with a wildcard: this one, in this role, and no other. */
export function acknowledgeWildcard(role: IConstruct, resource: string, reason: string): void {
  acknowledge(role, `AwsSolutions-IAM5[Resource::${flat(Stack.of(role).resolve(resource))}]`, reason);
}

/** A resolved ARN as cdk-nag names it: `<LogicalId.Arn>/key`. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return argument[1].map(flat).join('');
  }
  return `<${Array.isArray(argument) ? argument.join('.') : String(argument)}>`;
}
