"""What CloudFormation does otherwise on LocalStack 4.9.2: it deletes what is retained, and a first deployment that failed
leaves its resources behind."""

from localstack.aws.api.cloudformation import ChangeAction, ChangeSetType, ResourceStatus
from localstack.services.cloudformation.engine.v2 import change_set_model_executor as executor
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent

Executor = executor.ChangeSetModelExecutor


def apply():
    keep_what_is_retained()
    undo_a_first_deployment_that_failed()


def keep_what_is_retained():
    act = Executor._execute_resource_action

    def act_unless_retained(self, action, logical_resource_id, part_of_replacement=False, **about):
        policy = "UpdateReplacePolicy" if part_of_replacement else "DeletionPolicy"
        deployed = self._change_set.stack.processed_template
        if action == ChangeAction.Remove and is_retained(deployed, logical_resource_id, policy):
            return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={})
        return act(
            self,
            action=action,
            logical_resource_id=logical_resource_id,
            part_of_replacement=part_of_replacement,
            **about,
        )

    Executor._execute_resource_action = act_unless_retained


def is_retained(template, logical_resource_id, policy, retaining=("Retain", "RetainExceptOnCreate")):
    resources = (template or {}).get("Resources", {})
    return resources.get(logical_resource_id, {}).get(policy) in retaining


def undo_a_first_deployment_that_failed():
    process = Executor.process

    def process_or_undo(self):
        try:
            process(self)
        except Exception:
            if self._change_set.change_set_type == ChangeSetType.CREATE:
                defer_the_undoing(self)
            raise

    def defer_the_undoing(self):
        template = self._change_set.processed_template
        for name, resource in list(self.resources.items()):
            if resource["ResourceStatus"] != ResourceStatus.CREATE_COMPLETE:
                continue
            if not is_retained(template, name, "DeletionPolicy", retaining=("Retain",)):
                # In reverse, as they are executed: a resource before those that it depends on.
                self._defer_action(f"undo-{name}", lambda name=name, resource=resource: undo(self, name, resource))

    def undo(self, name, resource):
        self._execute_resource_action(
            action=ChangeAction.Remove,
            logical_resource_id=name,
            resource_type=resource["Type"],
            before_properties=executor.PreprocProperties(properties=resource["Properties"]),
            after_properties=None,
        )
        self.resources.pop(name, None)

    Executor.process = process_or_undo
