import type { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';

const version = z.object({ Properties: z.object({ FunctionName: z.object({ Ref: z.string() }) }) });

/** The logical id of the published version of each function, by the function's name in lambdas/functions.ts. */
export function versionsIn(template: Template): Map<string, string> {
  return new Map(
    Object.entries(template.findResources('AWS::Lambda::Version')).map(([id, resource]) => {
      const { FunctionName } = version.parse(resource).Properties;
      return [FunctionName.Ref.replace(/^Functions|[0-9A-F]{8}$/g, ''), id];
    }),
  );
}
