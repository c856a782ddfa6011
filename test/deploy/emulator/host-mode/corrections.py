"""What LocalStack 4.9.2 does otherwise than AWS and what the deployment needs as AWS does it."""

import json
import uuid

import custom_resources
import retention
import rollback


def apply():
    accept_node_24()
    start_executions_from_scheduled_rules()
    keep_the_name_of_a_timeout()
    let_no_failure_hide_an_abort()
    say_why_an_execution_was_stopped()
    look_for_deployed_resources_more_often()
    retention.apply()
    custom_resources.apply()
    rollback.apply()


def accept_node_24():
    """4.9.2 is older than the runtime nodejs24.x and refuses it."""
    from localstack.services.lambda_ import runtimes

    runtimes.ALL_RUNTIMES.append("nodejs24.x")


def start_executions_from_scheduled_rules():
    """A scheduled rule with an input of its own ends in KeyError('id') and starts no execution."""
    from localstack.services.events.target import StatesTargetSender

    def send_event(self, event, *args, **kwargs):
        self.service = "stepfunctions"
        event_id = event.get("id") if isinstance(event, dict) else None
        self.client.start_execution(
            stateMachineArn=self.target["Arn"],
            name=event_id or str(uuid.uuid4()),
            input=event if isinstance(event, str) else json.dumps(event, default=str),
        )

    StatesTargetSender.send_event = send_event


def keep_the_name_of_a_timeout():
    """States.Timeout inside Map or Parallel, or raised again by Fail, becomes States.Runtime (ValueError)."""
    from localstack.services.stepfunctions.asl.component.common.error_name import custom_error_name
    from localstack.services.stepfunctions.asl.component.common.error_name.error_name import ErrorName

    def init(self, error_name):
        ErrorName.__init__(self, error_name=error_name)

    custom_error_name.CustomErrorName.__init__ = init


def let_no_failure_hide_an_abort():
    """A Map that StopExecution or the machine's timeout interrupts fails by an exception of LocalStack's
    own, and the execution ends as FAILED, States.Runtime, instead of ABORTED or TIMED_OUT."""
    from localstack.services.stepfunctions.asl.eval.environment import Environment
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped, ProgramTimedOut

    set_error = Environment.set_error

    def set_error_of_a_running_program(self, error):
        if not isinstance(self._program_state, (ProgramStopped, ProgramTimedOut)):
            set_error(self, error)

    Environment.set_error = set_error_of_a_running_program


def say_why_an_execution_was_stopped():
    """The error and the cause given to StopExecution are in neither DescribeExecution nor the event."""
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
    from localstack.services.stepfunctions.backend.execution import BaseExecutionWorkerCommunication

    reflect = BaseExecutionWorkerCommunication._reflect_execution_status

    def reflect_with_reason(self):
        reflect(self)
        state = self.execution.exec_worker.env.program_state()
        if isinstance(state, ProgramStopped):
            self.execution.error, self.execution.cause = state.error, state.cause

    BaseExecutionWorkerCommunication._reflect_execution_status = reflect_with_reason


def look_for_deployed_resources_more_often():
    """CloudFormation looks every 5 s whether a function is ready, and deploys one resource after the other."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    deploy = ResourceProviderExecutor.deploy_loop

    def deploy_loop(self, *args, **kwargs):
        return deploy(self, *args, **{"sleep_time": 0.2} | kwargs)

    ResourceProviderExecutor.deploy_loop = deploy_loop
