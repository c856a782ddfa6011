"""What CloudFormation does otherwise on LocalStack 4.9.2: custom resources are never called, and one that cannot be
deleted does not stop the deletion of its stack."""

import json
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2 import change_set_model_executor as executor
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceProviderExecutor,
)
from localstack.services.cloudformation.v2.entities import Stack


def apply():
    call_custom_resources()
    stop_at_what_cannot_be_deleted()


class CustomResourceProvider(ResourceProvider):
    """Invokes the function as CloudFormation does, and waits for the PUT to the URL that it gives out."""

    SCHEMA = {"primaryIdentifier": ["/PhysicalResourceId"]}

    def create(self, request):
        return self.ask(request, "Create", request.desired_state)

    def update(self, request):
        old = request.previous_state
        event = {"OldResourceProperties": without_id(old), "PhysicalResourceId": old["PhysicalResourceId"]}
        return self.ask(request, "Update", request.desired_state, event)

    def delete(self, request):
        known = request.previous_state
        return self.ask(request, "Delete", known, {"PhysicalResourceId": known["PhysicalResourceId"]})

    def ask(self, request, request_type, properties, more=None):
        with HTTPServer(("127.0.0.1", 0), Mailbox) as mailbox:
            mailbox.timeout = float(properties.get("ServiceTimeout", 3600))
            mailbox.answer = {"Status": "FAILED", "Reason": "CloudFormation did not receive a response"}
            event = {
                "RequestType": request_type,
                "ResponseURL": f"http://127.0.0.1:{mailbox.server_port}/",
                "StackId": request.stack_id,
                "RequestId": str(uuid.uuid4()),
                "ResourceType": request.resource_type,
                "LogicalResourceId": request.logical_resource_id,
                "ResourceProperties": without_id(properties),
            } | (more or {})
            request.aws_client_factory.lambda_.invoke(
                FunctionName=properties["ServiceToken"],
                InvocationType="Event",
                Payload=json.dumps(event),
            )
            mailbox.handle_request()
            answer = mailbox.answer
        if answer["Status"] != "SUCCESS":
            reason = answer.get("Reason", "")
            message = f"Received response status [FAILED] from custom resource. Message returned: {reason}"
            return ProgressEvent(status=OperationStatus.FAILED, resource_model={}, message=message)
        model = without_id(properties) | {"PhysicalResourceId": answer["PhysicalResourceId"]}
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)


class Mailbox(BaseHTTPRequestHandler):
    def do_PUT(self):
        self.server.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def without_id(properties):
    return {name: value for name, value in properties.items() if name != "PhysicalResourceId"}


def call_custom_resources():
    load = ResourceProviderExecutor.try_load_resource_provider

    def try_load_resource_provider(resource_type):
        # The function of this one needs the SDK of Lambda's own image.
        if resource_type.startswith("Custom::") and resource_type != "Custom::S3AutoDeleteObjects":
            return CustomResourceProvider()
        return load(resource_type)

    ResourceProviderExecutor.try_load_resource_provider = staticmethod(try_load_resource_provider)


def stop_at_what_cannot_be_deleted():
    process_event = executor.ChangeSetModelExecutor._process_event
    set_stack_status = Stack.set_stack_status

    def process_event_and_stop(self, **event):
        process_event(self, **event)
        failed = event["action"] == ChangeAction.Remove and event["event_status"] == OperationStatus.FAILED
        if failed and event["resource_type"].startswith("Custom::"):
            raise RuntimeError(event["reason"])

    def set_right_status(self, status, reason=None):
        # A deletion is told as the clean-up of an update, and a stack that was rolled back as one that never was.
        wrong = [
            (StackStatus.DELETE_IN_PROGRESS, StackStatus.UPDATE_COMPLETE_CLEANUP_IN_PROGRESS),
            (StackStatus.UPDATE_ROLLBACK_COMPLETE, StackStatus.REVIEW_IN_PROGRESS),
        ]
        if (self.status, status) not in wrong:
            set_stack_status(self, status, reason)

    executor.ChangeSetModelExecutor._process_event = process_event_and_stop
    Stack.set_stack_status = set_right_status
