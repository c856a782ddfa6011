import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { type OperatorResources, type OperatorRole, permissionsOf } from '../deployment/operators.ts';
import type { Functions } from './functions.ts';
import type { LedgerPlace } from './ledger-bucket.ts';
import { executionsArn } from './state-machine.ts';

export interface Operated {
  machine: StateMachine;
  housekeeper: StateMachine;
  ledger: LedgerPlace;
  topic: ITopic;
  functions: Functions;
  encryptionKey: IKey | undefined;
}

/** Allows a person's role what the commands of an operator's role need. */
export function allowOperator(
  scope: IConstruct,
  role: OperatorRole,
  grantee: IGrantable,
  operated: Operated,
): void {
  const resources = resourcesOf(scope, operated);
  for (const { actions, on } of permissionsOf(role)) {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [resources[on]] });
  }
  // Who reads the ledger reads what this key encrypts.
  operated.encryptionKey?.grantDecrypt(grantee);
}

function resourcesOf(
  scope: IConstruct,
  { machine, housekeeper, ledger, topic, functions }: Operated,
): OperatorResources {
  return {
    stack: Stack.of(scope).stackId,
    stateMachine: machine.stateMachineArn,
    executions: executionsArn(machine),
    housekeeping: housekeeper.stateMachineArn,
    verifications: executionsArn(housekeeper),
    ledgerBucket: ledger.bucket.bucketArn,
    ledgerObjects: ledger.bucket.arnForObjects(`${ledger.prefix}*`),
    alertsTopic: topic.topicArn,
    checkFunction: functions.get('CheckCluster').functionArn,
    inventoryFunction: functions.get('LookAtBackups').functionArn,
    watchdogFunction: functions.get('WatchOverExporting').functionArn,
    repairFunction: functions.get('RepairCluster').functionArn,
    deleteLeftoversFunction: functions.get('DeleteLeftovers').functionArn,
  };
}
