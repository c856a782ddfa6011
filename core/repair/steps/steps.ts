import type { Whoever } from '../unexplained-pause.ts';
import type {
  DeletionAnswer,
  ExportingAnswer,
  LeftoversAnswer,
  LockAnswer,
  OrphansAnswer,
  Part,
  PauseAnswer,
  ResumeAnswer,
} from './answers.ts';
import type { LeftoversRequest } from './leftovers.ts';
import type { LockRequest } from './lock.ts';

/**
 * The steps of a repair of one cluster. They are done in this process, or by functions of a stack, which reach a cluster
 * that a person's machine does not reach. Each may be called again after a lost answer.
 */
export interface RepairSteps {
  lock(request: LockRequest): Promise<LockAnswer>;
  orphans(request: { dryRun: boolean }): Promise<OrphansAnswer>;
  leftovers(request: LeftoversRequest): Promise<LeftoversAnswer>;
  delete(parts: Part[]): Promise<DeletionAnswer>;
  exporting(): Promise<ExportingAnswer>;
  /** The look before `resume`. */
  pause(): Promise<PauseAnswer>;
  resume(whoever: Whoever): Promise<ResumeAnswer>;
}
