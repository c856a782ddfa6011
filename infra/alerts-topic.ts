import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import {
  EmailSubscription,
  LambdaSubscription,
  SmsSubscription,
  UrlSubscription,
} from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Deployment } from '../core/config/deployment.ts';

/** The SNS topic for alerts, which is the stack's own or an existing one, with the configured subscriptions. */
export class Alerts extends Construct {
  readonly topic: ITopic;
  readonly #key: Key | undefined;

  constructor(scope: Construct, id: string, { alerts }: Pick<Deployment, 'alerts'>) {
    super(scope, id);
    if (alerts.topicArn === undefined) {
      this.#key = this.#makeKey();
      this.topic = this.#makeTopic(this.#key);
    } else {
      // The owner of this topic has to allow CloudWatch alarms of this account in its policy and its key.
      this.topic = Topic.fromTopicArn(this, 'Topic', alerts.topicArn);
    }
    for (const address of alerts.email) this.topic.addSubscription(new EmailSubscription(address));
    for (const number of alerts.sms) this.topic.addSubscription(new SmsSubscription(number));
    for (const url of alerts.https) this.topic.addSubscription(new UrlSubscription(url));
    for (const [index, functionArn] of alerts.lambda.entries()) {
      // Without `sameEnvironment`, CDK would omit the permission if the stack's environment has no account.
      const lambda = LambdaFunction.fromFunctionAttributes(this, `Lambda${index}`, {
        functionArn,
        sameEnvironment: true,
      });
      this.topic.addSubscription(new LambdaSubscription(lambda));
    }
  }

  allowPublish(grantee: IGrantable): void {
    const { grantPrincipal } = grantee;
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    if (!this.#key) return;
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.#key.keyArn] }),
    );
  }

  #makeKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alerts of camunda-backup on their way through SNS',
      enableKeyRotation: true,
      // No stored data is encrypted with this key.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudWatchAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions,
        resources: ['*'],
        conditions: this.#ofThisAccount(),
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EventBridge',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions,
        // EventBridge rules publish here. There is no condition, because EventBridge sends no keys to check:
        // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        resources: ['*'],
      }),
    );
    return key;
  }

  #makeTopic(key: Key): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: 'Camunda backup',
      masterKey: key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudWatchAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: this.#ofThisAccount(),
      }),
    );
    return topic;
  }

  #ofThisAccount() {
    const stack = Stack.of(this);
    return {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: {
        'aws:SourceArn': stack.formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    };
  }
}
