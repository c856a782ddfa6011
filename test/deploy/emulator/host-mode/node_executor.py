"""Runs a version of a nodejs* function in a Node process, which speaks the Lambda Runtime API (2018-06-01) with the
HTTP server of its executor. EMULATOR_NODE names the Node program."""

import json
import logging
import os
import queue
import subprocess
import threading
import time
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

LOG = logging.getLogger("lambda")
API = "/2018-06-01/runtime"
NODE = os.environ["EMULATOR_NODE"]
RUNTIME = str(Path(__file__).with_name("runtime.mjs"))


class RuntimeApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        executor = self.server.executor
        if self.path != f"{API}/invocation/next":
            return self.answer(404)
        executor.on_ready()
        invocation = executor.inbox.get()
        if invocation is None:
            self.close_connection = True
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation["invoke-id"],
            "Lambda-Runtime-Invoked-Function-Arn": invocation["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": invocation["trace-id"],
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + executor.timeout) * 1000)),
        }
        self.answer(200, invocation["payload"].encode(), headers)

    def do_POST(self):
        executor = self.server.executor
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = self.path.removeprefix(API).split("/")[1:]
        match parts:
            case ["init", "error"]:
                executor.on_init_error(body)
            case ["invocation", request_id, "response" | "error" as kind]:
                executor.on_result(request_id, body, kind == "error")
            case _:
                return self.answer(404)
        self.answer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def answer(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class NodeExecutor(RuntimeExecutor):
    """One execution environment: one invocation at a time."""

    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self.timeout = int(function_version.config.timeout)
        self.inbox = queue.Queue()
        self.startup = Future()
        self.result = None
        self.current = None
        self.process = self.server = None
        self.output = []

    def start(self, env_vars):
        self.env_vars = env_vars
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
        self.server.daemon_threads = True
        self.server.executor = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.spawn()
        self.startup.result()

    def spawn(self):
        function = self.function_version.config
        code = str(function.code.get_unzipped_code_location())
        environment = {"PATH": os.environ["PATH"], "HOME": "/tmp"}
        environment |= {name: str(value) for name, value in self.env_vars.items()}
        environment |= {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "LAMBDA_TASK_ROOT": code,
            "TZ": "UTC",
        }
        heap = max(64, int(function.memory_size) - 32)
        self.process = subprocess.Popen(
            [NODE, f"--max-old-space-size={heap}", RUNTIME],
            cwd=code,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self.follow, args=(self.process,), daemon=True).start()

    def follow(self, process):
        for line in process.stdout:
            self.output.append(line)
            LOG.info("[%s] %s", self.function_version.id.function_name, line.rstrip())
        code = process.wait()
        if process is not self.process:
            return
        message = f"RequestId: {self.current} Error: Runtime exited with error: exit status {code}"
        body = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": message}).encode()
        self.on_init_error(body)
        if self.current:
            self.on_result(self.current, body, True)

    def stop(self):
        self.inbox.put(None)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.server:
            self.server.shutdown()
            self.server.server_close()

    def invoke(self, payload):
        if self.process.poll() is not None:
            # the invocation before ran out of time or crashed it
            self.spawn()
        begin = len(self.output)
        request_id = payload["invoke-id"]
        self.result, self.current = Future(), request_id
        self.inbox.put(payload)
        try:
            result = self.result.result(timeout=self.timeout)
        except TimeoutError:
            self.current = None
            self.process.kill()
            self.process.wait()
            result = self.timed_out(request_id)
        finally:
            self.current = None
        # the last lines may still be in the pipe
        time.sleep(0.01)
        lines = "".join(self.output[begin:])
        result.logs = f"START RequestId: {request_id}\n{lines}{result.logs or ''}END RequestId: {request_id}\n"
        return result

    def timed_out(self, request_id):
        what = f"Task timed out after {self.timeout}.00 seconds"
        body = json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request_id} Error: {what}"})
        return InvocationResult(request_id, body.encode(), is_error=True, logs=f"{request_id} {what}\n")

    def on_ready(self):
        if not self.startup.done():
            self.startup.set_result(True)

    def on_init_error(self, body):
        if not self.startup.done():
            self.startup.set_exception(StatusErrorException("init failed", payload=body))

    def on_result(self, request_id, body, is_error):
        if self.result and self.current == request_id and not self.result.done():
            self.result.set_result(InvocationResult(request_id, body, is_error=is_error, logs=None))

    def get_logs(self):
        return "".join(self.output)

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version):
        runtime = function_version.config.runtime or ""
        if not runtime.startswith("nodejs"):
            raise NotImplementedError(f"only nodejs* functions can run here, not {runtime!r}")
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass
