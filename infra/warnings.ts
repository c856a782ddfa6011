import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type RiskyParts, risksOf } from './risks.ts';

/** Warns at synth of settings that can be deployed but are probably not intended. */
export function warnOfRisks(scope: Construct, parts: RiskyParts): void {
  for (const [id, text] of risksOf(parts)) {
    Annotations.of(scope).addWarningV2(`camunda-backup:${id}`, text);
  }
}
