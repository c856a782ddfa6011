/** The command that stops an execution of a state machine. The watchdog of its stack then resumes exporting. */
export function stopExecution(arn: string): string {
  const region = arn.split(':')[3];
  return `aws stepfunctions stop-execution --region ${region} --execution-arn ${arn}`;
}
