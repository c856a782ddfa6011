import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, it } from '@jest/globals';
import { aws as openAws } from '../../../cli/stack/aws.ts';
import { clusterOfStack, readStack } from '../../../cli/stack/outputs.ts';
import { failureOf, thrownBy } from '../../core/fakes.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { fakeAws, outputs, recorded } from './fakes.ts';

interface Reply {
  status?: number;
  body: string;
}

/** The SDK's own clients, and a server that answers for AWS. */
async function bench(reply: (text: string, request: IncomingMessage) => Reply) {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { status = 200, body } = reply(text, request);
    response.writeHead(status, {
      'content-type': body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return openAws({
    cloudFormation: new CloudFormationClient(options),
    stepFunctions: new SFNClient(options),
  });
}

const xmlError = (status: number, code: string, message: string): Reply => ({
  status,
  body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const described = (values: Record<string, string>): Reply => ({
  body: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>camunda-backup</StackName><CreationTime>2026-11-21T09:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${Object.entries(
    values,
  )
    .map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
});

describe('The outputs of a stack', () => {
  it('The outputs of a stack are read by their logical names', async () => {
    const aws = await bench(() =>
      described({
        ...outputs,
        LedgerPrefix: 'ledger/',
        StartBackupProduction: `aws stepfunctions start-execution --input '{"cluster":"production","reason":"manual"}'`,
        StartBackupDevTwo: `aws stepfunctions start-execution --input '{"cluster":"dev-two","reason":"manual"}'`,
      }),
    );
    assert.deepEqual(await readStack('camunda-backup', aws), {
      name: 'camunda-backup',
      stateMachineArn: outputs.StateMachineArn,
      ledger: { bucket: 'ledger-bucket', prefix: 'ledger/' },
      alertsTopicArn: outputs.AlertsTopicArn,
      dashboardUrl: outputs.DashboardUrl,
      clusters: ['dev-two', 'production'],
    });
  });

  it('The outputs of a stack may lack the prefix of the ledger', async () => {
    const stack = await readStack('camunda-backup', fakeAws(recorded('busy')));
    assert.equal(stack.ledger.prefix, '');
    assert.deepEqual(stack.clusters, []);
  });

  it('A stack of something else is refused, because it lacks the outputs', async () => {
    const aws = await bench(() => described({ Url: 'https://example.com' }));
    const error = await failureOf(readStack('shop', aws));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /stack shop in eu-central-1 has no outputs .* is UPDATE_COMPLETE/);
  });

  it('The outputs of a stack name the clusters to choose from', async () => {
    const stack = await readStack('camunda-backup', fakeAws(recorded('busy')));
    const two = { ...stack, clusters: ['a', 'b'] };
    assert.equal(clusterOfStack(two, 'b'), 'b');
    assert.equal(clusterOfStack(stack, 'whatever'), 'whatever');
    assert.match((await thrownBy(() => clusterOfStack(two, undefined))).message, /several clusters: a, b/);
    assert.match((await thrownBy(() => clusterOfStack(two, 'c'))).message, /it has: a, b/);
    assert.match((await thrownBy(() => clusterOfStack(stack, undefined))).remedy ?? '', /--cluster/);
  });
});

describe('What AWS refuses', () => {
  const cases: { what: string; reply: Reply; name: string; message: RegExp; remedy: RegExp }[] = [
    {
      what: 'A stack that is not there',
      reply: xmlError(400, 'ValidationError', 'Stack with id camunda-backup does not exist'),
      name: 'ConfigurationError',
      message: /does not exist/,
      remedy: /Check the name of the stack.*AWS_REGION/,
    },
    {
      what: 'An expired login',
      reply: xmlError(403, 'ExpiredToken', 'The security token included in the request is expired'),
      name: 'ConfigurationError',
      message: /token .* is expired/,
      remedy: /AWS_PROFILE \(renew it with: aws sso login\)/,
    },
    {
      what: 'A missing permission',
      reply: xmlError(
        403,
        'AccessDenied',
        'User: x is not authorized to perform: cloudformation:DescribeStacks',
      ),
      name: 'ConfigurationError',
      message: /not authorized to perform: cloudformation:DescribeStacks/,
      remedy: /Allow it to this user or role/,
    },
    {
      what: 'Throttling',
      reply: xmlError(400, 'Throttling', 'Rate exceeded'),
      name: 'ServerTrouble',
      message: /Rate exceeded/,
      remedy: /try again/,
    },
    {
      what: 'An outage',
      reply: xmlError(503, 'ServiceUnavailable', 'Service is unavailable'),
      name: 'ServerTrouble',
      message: /unavailable/,
      remedy: /try again/,
    },
  ];
  for (const { what, reply, name, message, remedy } of cases) {
    it(`${what} is told with what to do`, async () => {
      const error = await failureOf(readStack('camunda-backup', await bench(() => reply)));
      assert.equal(error.name, name);
      assert.match(error.message, message);
      assert.match(error.message, /read the stack camunda-backup/);
      assert.match(error.remedy ?? '', remedy);
    });
  }

  it('A look at a stack is refused where there are no credentials, no region, or no AWS', async () => {
    const error = (name: string, message: string) => Object.assign(new Error(message), { name });
    const without = async (options: ConstructorParameters<typeof CloudFormationClient>[0]) =>
      failureOf(
        readStack(
          'camunda-backup',
          openAws({
            cloudFormation: new CloudFormationClient({ maxAttempts: 1, ...options }),
            stepFunctions: new SFNClient({ region: 'eu-central-1' }),
          }),
        ),
      );
    const noCredentials = await without({
      region: 'eu-central-1',
      credentials: () =>
        Promise.reject(error('CredentialsProviderError', 'Could not load credentials from any providers')),
    });
    assert.equal(noCredentials.name, 'ConfigurationError');
    assert.match(noCredentials.message, /Could not load credentials/);
    const noRegion = await without({
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      region: async (): Promise<string> => {
        throw new Error('Region is missing');
      },
    });
    assert.equal(noRegion.name, 'ConfigurationError');
    assert.match(noRegion.message, /no region is set/);
    const noAws = await without({
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      endpoint: 'http://127.0.0.1:1',
    });
    assert.equal(noAws.name, 'Unreachable');
  });
});

describe('Step Functions', () => {
  const { executionArn } = recorded('busy');

  it('Step Functions is asked in its own words', async () => {
    const asked: [string | undefined, unknown][] = [];
    const aws = await bench((text, request) => {
      asked.push([String(request.headers['x-amz-target']).split('.')[1], JSON.parse(text)]);
      const event = { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: 1795252000.5 };
      return {
        body: JSON.stringify({ executionArn, startDate: 1795252000, events: [event], status: 'RUNNING' }),
      };
    });
    const started = await aws.startExecution({
      stateMachineArn: outputs.StateMachineArn,
      name: 'x',
      input: '{}',
    });
    assert.equal(started.executionArn, executionArn);
    const { events } = await aws.history({ executionArn, reverseOrder: true });
    assert.equal(events?.[0]?.timestamp?.toISOString(), '2026-11-21T09:06:40.500Z');
    assert.equal(await aws.stateOf(executionArn), 'running');
    assert.deepEqual(asked, [
      ['StartExecution', { stateMachineArn: outputs.StateMachineArn, name: 'x', input: '{}' }],
      ['GetExecutionHistory', { executionArn, reverseOrder: true }],
      ['DescribeExecution', { executionArn }],
    ]);
  });

  it('An execution that Step Functions has forgotten is gone', async () => {
    const body = { __type: 'com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist', message: 'no' };
    const aws = await bench(() => ({ status: 400, body: JSON.stringify(body) }));
    assert.equal(await aws.stateOf(executionArn), 'gone');
  });

  it('Throttling of Step Functions, which comes with HTTP 400, is trouble that passes', async () => {
    const body = { __type: 'ThrottlingException', message: 'Rate exceeded' };
    const aws = await bench(() => ({ status: 400, body: JSON.stringify(body) }));
    assert.equal((await failureOf(aws.history({ executionArn }))).name, 'ServerTrouble');
  });
});
