import { Names, Stack } from 'aws-cdk-lib';
import { type IConstruct, Node } from 'constructs';

/** What tells one CamundaBackup from another one in the same stack, account and region. */
export interface Instance {
  /**
   * The name in alarms, metrics and logs, and the name of the dashboard. It is unique in an account and region, and
   * known at synth.
   */
  name: string;
  /** The beginning of its outputs' names. It is empty if the stack contains nothing else. */
  outputPrefix: string;
  /** What `--stack` takes: the name of the stack and, if outputs have a prefix, that prefix after a slash. */
  stack: string;
}

/** The limit of names is 255 characters, and the names of alarms end with a cluster and a condition. */
const longestName = 128;

/** Derives the names of an instance from its place in the tree of constructs. */
export function instanceOf(backup: IConstruct): Instance {
  const stack = Stack.of(backup);
  const outputPrefix = idsBelow(stack, backup);
  const top = topLevel(stack);
  const name = [top.stackName, idsBelow(top, backup)].filter(Boolean).join('-');
  return {
    name:
      name.length <= longestName
        ? name
        : Names.uniqueResourceName(backup, { maxLength: longestName, separator: '-' }),
    outputPrefix,
    stack: [stack.stackName, outputPrefix].filter(Boolean).join('/'),
  };
}

/** Joins the ids on the path from a stack to a construct, in the characters that CloudFormation allows in names. */
function idsBelow(stack: Stack, construct: IConstruct): string {
  const { scopes } = Node.of(construct);
  return (
    scopes
      .slice(scopes.indexOf(stack) + 1)
      .map(({ node }) => node.id)
      // CDK omits this id from names, too.
      .filter((id) => id !== 'Default')
      .join('')
      .replace(/[^A-Za-z0-9]/g, '')
  );
}

/** A nested stack has no name before it is deployed. */
function topLevel(stack: Stack): Stack {
  return stack.nestedStackParent ? topLevel(stack.nestedStackParent) : stack;
}
