/**
 * What people may do with a deployed stack, in three roles. Each one includes those before it. infra/ grants it,
 * docs/operators.md has it as JSON, and a test holds it against the calls that each command makes.
 */
export const operatorRoles = ['see', 'backUp', 'deleteAndRestore'] as const;
export type OperatorRole = (typeof operatorRoles)[number];

/** The ARNs of a deployed stack, or patterns of them. */
export interface OperatorResources {
  /** The CloudFormation stack, whose outputs say where the rest is. */
  stack: string;
  stateMachine: string;
  executions: string;
  /** The state machine that verifies backups, and its executions. */
  housekeeping: string;
  verifications: string;
  ledgerBucket: string;
  /** The keys below the ledger's prefix. */
  ledgerObjects: string;
  alertsTopic: string;
  checkFunction: string;
  inventoryFunction: string;
  watchdogFunction: string;
  repairFunction: string;
  deleteLeftoversFunction: string;
}

export interface Permission {
  actions: string[];
  on: keyof OperatorResources;
}

const added: Record<OperatorRole, Permission[]> = {
  // status, list, show, watch, check
  see: [
    { actions: ['cloudformation:DescribeStacks'], on: 'stack' },
    { actions: ['states:ListExecutions'], on: 'stateMachine' },
    { actions: ['states:DescribeExecution', 'states:GetExecutionHistory'], on: 'executions' },
    { actions: ['s3:ListBucket'], on: 'ledgerBucket' },
    { actions: ['s3:GetObject'], on: 'ledgerObjects' },
    { actions: ['sns:ListSubscriptionsByTopic'], on: 'alertsTopic' },
    { actions: ['lambda:InvokeFunction'], on: 'checkFunction' },
    { actions: ['lambda:InvokeFunction'], on: 'inventoryFunction' },
  ],
  // run, verify, alert-test, repair
  backUp: [
    { actions: ['states:StartExecution'], on: 'stateMachine' },
    { actions: ['states:StartExecution'], on: 'housekeeping' },
    { actions: ['states:GetExecutionHistory'], on: 'verifications' },
    { actions: ['lambda:InvokeFunction'], on: 'watchdogFunction' },
    { actions: ['lambda:InvokeFunction'], on: 'repairFunction' },
  ],
  // repair --delete-leftovers
  deleteAndRestore: [{ actions: ['lambda:InvokeFunction'], on: 'deleteLeftoversFunction' }],
};

/** All permissions of a role. */
export function permissionsOf(role: OperatorRole): Permission[] {
  return operatorRoles.slice(0, operatorRoles.indexOf(role) + 1).flatMap((one) => added[one]);
}

/** The policy of a role as the JSON of IAM. */
export function policyOf(role: OperatorRole, resources: OperatorResources) {
  return {
    Version: '2012-10-17',
    Statement: permissionsOf(role).map(({ actions, on }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources[on],
    })),
  };
}
