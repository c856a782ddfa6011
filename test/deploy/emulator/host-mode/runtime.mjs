/** What Lambda's Node runtime does with a function, on the real Runtime API: async handlers only, as nodejs24.x. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const handle = await loadHandler().catch(async (error) => {
  await post('/init/error', described(error));
  process.exit(1);
});

for (;;) {
  const invocation = await fetch(`${api}/invocation/next`);
  const header = (name) => invocation.headers.get(`lambda-runtime-${name}`);
  const id = header('aws-request-id');
  const event = await invocation.json();
  process.env._X_AMZN_TRACE_ID = header('trace-id');
  try {
    const output = await handle(event, context(id, header));
    await post(`/invocation/${id}/response`, output === undefined ? null : output);
  } catch (error) {
    console.error('Invoke Error', error);
    await post(`/invocation/${id}/error`, described(error));
  }
}

/** `folder/file.export`, with the endings that Lambda looks for. */
async function loadHandler() {
  const name = process.env._HANDLER;
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  const file = resolve(process.env.LAMBDA_TASK_ROOT, name.slice(0, dot));
  const found = ['.js', '.mjs', '.cjs'].map((ending) => file + ending).find((path) => existsSync(path));
  if (found === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${name.slice(0, dot)}'`);
  }
  const module = await import(pathToFileURL(found).href);
  const path = name.slice(dot + 1).split('.');
  const pick = (exports) => path.reduce((value, key) => value?.[key], exports);
  const handler = pick(module) ?? pick(module.default);
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  return handler;
}

function context(id, header) {
  return {
    awsRequestId: id,
    invokedFunctionArn: header('invoked-function-arn'),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Number(header('deadline-ms')) - Date.now(),
  };
}

function described(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.text();
}
