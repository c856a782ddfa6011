import assert from 'node:assert/strict';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { describe, it } from '@jest/globals';
import { aws as openAws } from '../../../cli/stack/aws.ts';
import { clusterOfStack, readStack } from '../../../cli/stack/outputs.ts';
import { pagePatience } from '../../../core/connect/aws-client.ts';
import { failureOf, thrownBy } from '../../core/fakes.ts';
import { awsServer } from '../../support/aws-server.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';
import { shortened, silentServer } from '../../support/silent-server.ts';
import { fakeAws, outputs, recorded, stackWith } from './fakes.ts';

/** CloudFormation, which answers with a stack of these outputs, or refuses. */
function cloudFormationWith(answer: Record<string, string> | Error) {
  const region = 'eu-central-1';
  const cloudFormation = new CloudFormationClient({ region });
  mockAws(cloudFormation)
    .on(DescribeStacksCommand)
    .callsFake(() => {
      if (answer instanceof Error) throw answer;
      return { Stacks: [stackWith(answer)] };
    });
  return openAws({
    cloudFormation,
    stepFunctions: new SFNClient({ region }),
    lambda: new LambdaClient({ region }),
    sns: new SNSClient({ region }),
  });
}

/** The SDK's own clients, and a server that answers for AWS. */
async function onServer(...given: Parameters<typeof awsServer>) {
  const options = await awsServer(...given);
  return openAws({
    cloudFormation: new CloudFormationClient(options),
    stepFunctions: new SFNClient(options),
    lambda: new LambdaClient(options),
    sns: new SNSClient(options),
  });
}

describe('The outputs of a stack', () => {
  it('The outputs of a stack are read by their logical names', async () => {
    const aws = cloudFormationWith({
      ...outputs,
      LedgerPrefix: 'ledger/',
      Clusters: '["production","dev-two"]',
    });
    assert.deepEqual(await readStack('camunda-backup', aws), {
      name: 'camunda-backup',
      stateMachineArn: outputs.StateMachineArn,
      housekeepingArn: undefined,
      ledger: { bucket: 'ledger-bucket', prefix: 'ledger/' },
      alertsTopicArn: outputs.AlertsTopicArn,
      dashboardUrl: outputs.DashboardUrl,
      functions: {
        check: undefined,
        inventory: undefined,
        repair: undefined,
        deleteLeftovers: undefined,
        watchdog: undefined,
      },
      clusters: ['dev-two', 'production'],
    });
  });

  it('The outputs of a stack may lack the prefix of the ledger', async () => {
    const stack = await readStack('camunda-backup', fakeAws(recorded('busy')));
    assert.equal(stack.ledger.prefix, '');
  });

  it('A stack of an older version does not say which clusters it has: one has to be named', async () => {
    const stack = await readStack('camunda-backup', fakeAws(recorded('busy')));
    assert.equal(stack.clusters, undefined);
    assert.equal(clusterOfStack(stack, 'whatever'), 'whatever');
    const error = await thrownBy(() => clusterOfStack(stack, undefined));
    assert.match(error.message, /stack camunda-backup does not say which clusters .* older version/);
    assert.match(error.remedy ?? '', /^Deploy the stack again, or .* --cluster/);
  });

  it('A list of clusters that is none is refused by its name', async () => {
    for (const Clusters of ['production', '{"production":{}}', '[1]']) {
      const error = await failureOf(
        readStack('camunda-backup', cloudFormationWith({ ...outputs, Clusters })),
      );
      assert.equal(error.name, 'ConfigurationError');
      assert.match(
        error.message,
        /stack camunda-backup in eu-central-1 has no outputs Clusters that can be read/,
      );
    }
  });

  it('A stack of something else is refused, because it lacks the outputs', async () => {
    const aws = cloudFormationWith({ Url: 'https://example.com' });
    const error = await failureOf(readStack('shop', aws));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /stack shop in eu-central-1 has no outputs .* is UPDATE_COMPLETE/);
  });

  it('The outputs of a stack name the clusters to choose from', async () => {
    const stack = await readStack('camunda-backup', fakeAws(recorded('busy')));
    const two = { ...stack, clusters: ['a', 'b'] };
    assert.equal(clusterOfStack(two, 'b'), 'b');
    assert.match((await thrownBy(() => clusterOfStack(two, undefined))).message, /several clusters: a, b/);
    assert.match((await thrownBy(() => clusterOfStack(two, 'c'))).message, /it has: a, b/);
    assert.match((await thrownBy(() => clusterOfStack(two, undefined))).remedy ?? '', /--cluster/);
  });
});

describe('What AWS refuses', () => {
  const cases: { what: string; refused: Error; name: string; message: RegExp; remedy: RegExp }[] = [
    {
      what: 'A stack that is not there',
      refused: refusal({ name: 'ValidationError', message: 'Stack with id camunda-backup does not exist' }),
      name: 'ConfigurationError',
      message: /does not exist/,
      remedy: /Check the name of the stack.*AWS_REGION/,
    },
    {
      what: 'An expired login',
      refused: refusal({
        name: 'ExpiredToken',
        message: 'The security token included in the request is expired',
        status: 403,
      }),
      name: 'ConfigurationError',
      message: /token .* is expired/,
      remedy: /AWS_PROFILE \(renew it with: aws sso login\)/,
    },
    {
      what: 'A missing permission',
      refused: refusal({
        name: 'AccessDenied',
        message: 'User: x is not authorized to perform: cloudformation:DescribeStacks',
        status: 403,
      }),
      name: 'ConfigurationError',
      message: /not authorized to perform: cloudformation:DescribeStacks/,
      remedy: /Give this permission to the user or role/,
    },
    {
      what: 'Throttling',
      refused: refusal({ name: 'Throttling', message: 'Rate exceeded' }),
      name: 'ServerTrouble',
      message: /Rate exceeded/,
      remedy: /try again/,
    },
    {
      what: 'An outage',
      refused: refusal({ name: 'ServiceUnavailable', message: 'Service is unavailable', status: 503 }),
      name: 'ServerTrouble',
      message: /unavailable/,
      remedy: /try again/,
    },
  ];
  for (const { what, refused, name, message, remedy } of cases) {
    it(`${what} is told with what to do`, async () => {
      const error = await failureOf(readStack('camunda-backup', cloudFormationWith(refused)));
      assert.equal(error.name, name);
      assert.match(error.message, message);
      assert.match(error.message, /read the stack camunda-backup/);
      assert.match(error.remedy ?? '', remedy);
    });
  }

  // On a server: what the SDK calls an error follows from the XML.
  it('An error that CloudFormation writes in XML is told with what to do', async () => {
    const aws = await onServer(() => ({
      status: 400,
      body: '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
    }));
    const error = await failureOf(readStack('camunda-backup', aws));
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /read the stack camunda-backup .*Rate exceeded/);
  });

  // Without the mock: the SDK looks for credentials, a region and an address as it sends.
  it('A look at a stack is refused where there are no credentials, no region, or no AWS', async () => {
    const error = (name: string, message: string) => Object.assign(new Error(message), { name });
    const without = async (options: ConstructorParameters<typeof CloudFormationClient>[0]) =>
      failureOf(
        readStack(
          'camunda-backup',
          openAws({
            cloudFormation: new CloudFormationClient({ maxAttempts: 1, ...options }),
            stepFunctions: new SFNClient({ region: 'eu-central-1' }),
            lambda: new LambdaClient({ region: 'eu-central-1' }),
            sns: new SNSClient({ region: 'eu-central-1' }),
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

// On a server: these show what the SDK sends and how it reads moments and the names of errors.
describe('Step Functions', () => {
  const { executionArn } = recorded('busy');

  it('Step Functions is asked in its own words', async () => {
    const asked: [string | undefined, unknown][] = [];
    const aws = await onServer((text, request) => {
      asked.push([String(request.headers['x-amz-target']).split('.')[1], JSON.parse(text)]);
      const event = { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: 1795252000.5 };
      return {
        body: { executionArn, startDate: 1795252000, events: [event], status: 'RUNNING' },
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

  it('An execution that Step Functions has forgotten is not found', async () => {
    const body = { __type: 'com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist', message: 'no' };
    const aws = await onServer(() => ({ status: 400, body }));
    assert.equal(await aws.stateOf(executionArn), 'not-found');
  });

  it('Throttling of Step Functions, which comes with HTTP 400, is trouble that passes', async () => {
    const body = { __type: 'ThrottlingException', message: 'Rate exceeded' };
    const aws = await onServer(() => ({ status: 400, body }));
    assert.equal((await failureOf(aws.history({ executionArn }))).name, 'ServerTrouble');
  });

  it('Step Functions, CloudFormation and Lambda that are silent are given up, which may pass', async () => {
    const { endpoint } = await silentServer();
    const settings = {
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...shortened(pagePatience),
    };
    const aws = openAws({
      cloudFormation: new CloudFormationClient(settings),
      stepFunctions: new SFNClient(settings),
      lambda: new LambdaClient(settings),
      sns: new SNSClient(settings),
    });
    for (const call of [
      () => aws.describeStack('camunda-backup'),
      () => aws.history({ executionArn }),
      () => aws.invoke('a-function', {}),
    ]) {
      const error = await failureOf(call());
      assert.equal(error.name, 'Unreachable');
      assert.match(error.remedy ?? '', /^Check that AWS can be reached from here/);
    }
  });
});

describe('Lambda', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:check';

  it('A function is called with the input as JSON, and its answer is a text', async () => {
    const asked: (string | undefined)[] = [];
    const aws = await onServer((text, { url }) => {
      asked.push(url, text);
      return { body: { cluster: 'production' } };
    });
    const answer = await aws.invoke(functionArn, { cluster: 'production' });
    assert.deepEqual(answer, { payload: '{"cluster":"production"}', failed: false });
    assert.deepEqual(asked, [
      `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      '{"cluster":"production"}',
    ]);
  });

  it('A function that somebody has deleted is a wrong name', async () => {
    const aws = await onServer(() => ({
      status: 404,
      headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
      body: { Type: 'User', Message: 'Function not found' },
    }));
    const error = await failureOf(aws.invoke(functionArn, {}));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /^Cannot call the function arn:.*\(lambda:InvokeFunction\): /);
  });
});
