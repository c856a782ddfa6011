"""What CloudFormation does otherwise on LocalStack 4.9.2: an update that failed keeps what it has changed, and deletes
what it would have removed."""

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2 import change_set_model_executor as executor


def apply():
    Executor = executor.ChangeSetModelExecutor
    execute = Executor.execute
    change = Executor._execute_resource_change

    def remember_change(self, name, before, after):
        old = None if executor.is_nothing(before) else self._merge_before_properties(name, before)
        self.__dict__.setdefault("changes", []).append((name, old, after))
        change(self, name, before, after)

    def undo(self, name, old, after):
        if executor.is_nothing(after):
            return  # its removal would have come last
        deployed = self.resources.get(name, {}).get("Properties") or after.properties.properties
        self._execute_resource_action(
            action=ChangeAction.Remove if old is None else ChangeAction.Modify,
            logical_resource_id=name,
            resource_type=after.resource_type,
            before_properties=executor.PreprocProperties({**(old.properties if old else {}), **deployed}),
            after_properties=old,
        )

    def execute_with_rollback(self):
        stack = self._change_set.stack
        if stack.status != StackStatus.UPDATE_IN_PROGRESS:
            return execute(self)
        before = dict(stack.resolved_resources)
        try:
            self.process()
        except Exception as error:
            reason = getattr(error, "reason", None) or str(error)
            stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, reason)
            for changed in reversed(getattr(self, "changes", [])):
                undo(self, *changed)
            stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_COMPLETE)
            return executor.ChangeSetModelExecutorResult(
                resources=before, outputs=stack.resolved_outputs, failure_message=reason
            )
        self.process = lambda: None
        return execute(self)

    Executor._execute_resource_change = remember_change
    Executor.execute = execute_with_rollback
