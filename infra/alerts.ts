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

/** Where people are told: the stack's own topic, or an existing one, with the subscriptions of the configuration. */
export class Alerts extends Construct {
  readonly topic: ITopic;
  readonly #key: Key | undefined;

  constructor(scope: Construct, id: string, { alerts }: Pick<Deployment, 'alerts'>) {
    super(scope, id);
    if (alerts.topicArn === undefined) {
      this.#key = this.#makeKey();
      this.topic = this.#makeTopic(this.#key);
    } else {
      // Its policy and its key are its owner's: both have to let CloudWatch alarms of this account publish.
      this.topic = Topic.fromTopicArn(this, 'Topic', alerts.topicArn);
    }
    for (const address of alerts.email) this.topic.addSubscription(new EmailSubscription(address));
    for (const number of alerts.sms) this.topic.addSubscription(new SmsSubscription(number));
    for (const url of alerts.https) this.topic.addSubscription(new UrlSubscription(url));
    for (const [index, functionArn] of alerts.lambda.entries()) {
      // sameEnvironment: without an account in the stack's environment CDK would leave the permission away.
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
      // Nothing that is kept is encrypted with it.
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
        // For rules that publish here. Without a condition: EventBridge sends none of the keys to ask for.
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
