"""Starts LocalStack on this machine without Docker: what it would run in a container runs in a Node process."""

import corrections
from localstack.runtime.main import main
from localstack.services.lambda_.invocation.plugins import DockerRuntimeExecutorPlugin
from node_executor import NodeExecutor

if __name__ == "__main__":
    DockerRuntimeExecutorPlugin.load = lambda self, *args, **kwargs: NodeExecutor
    corrections.apply()
    main()
