import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
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
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';

/** What a publisher does with the key of an encrypted topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** The SNS topic for alerts, which is the stack's own or an existing one, with the configured subscriptions. */
export class Alerts extends Construct {
  readonly topic: ITopic;
  /**
   * The statements that an existing key needs in its policy before an alarm or a function can publish to the topic;
   * undefined if the stack makes the key, or if there is none.
   */
  readonly keyPolicy: PolicyStatement[] | undefined;
  /** The addresses that SNS asks to confirm that they want the alerts. */
  readonly confirmable: string[];
  readonly #keyArn: string | undefined;
  readonly #isExisting: boolean;

  constructor(scope: Construct, id: string, { alerts }: Pick<Deployment, 'alerts'>) {
    super(scope, id);
    const { topicArn, topicKeyArn, encrypted } = alerts;
    this.#isExisting = topicArn !== undefined;
    if (topicArn === undefined) {
      const key = topicKeyArn
        ? Key.fromKeyArn(this, 'ExistingKey', topicKeyArn)
        : encrypted
          ? this.#makeKey()
          : undefined;
      this.topic = this.#makeTopic(key);
      this.#keyArn = key?.keyArn;
    } else {
      // The owner of this topic has to allow CloudWatch alarms of this account in its policy and its key.
      this.topic = Topic.fromTopicArn(this, 'Topic', topicArn);
      this.#keyArn = topicKeyArn;
    }
    if (topicArn !== undefined || topicKeyArn !== undefined) {
      this.keyPolicy = [this.#alarmsMayUseTheKey(), this.#accountMayUseTheKey()];
    }
    this.confirmable = [...alerts.email, ...alerts.https];
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

  allowPublish(role: Role): void {
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }));
    // An existing topic may be encrypted with a key that the configuration does not name.
    const anyKey = `arn:${Stack.of(this).partition}:kms:*:*:key/*`;
    const key = this.#keyArn ?? (this.#isExisting ? anyKey : undefined);
    if (key === undefined) return;
    role.addToPolicy(
      new PolicyStatement({ actions: keyActions, resources: [key], conditions: this.#throughTheTopic() }),
    );
    acknowledge(
      role,
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'AWS documents this action of a publisher with a wildcard. The encryption context limits it to the topic.',
    );
    if (key !== anyKey) return;
    acknowledgeWildcard(
      role,
      anyKey,
      'The configuration does not say which key encrypts the topic. The encryption context limits this permission to the topic.',
    );
  }

  /** Allows the look at who receives the alerts. */
  allowList(role: Role): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sns:ListSubscriptionsByTopic'],
        resources: [this.topic.topicArn],
      }),
    );
  }

  #makeKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alerts of camunda-backup on their way through SNS',
      enableKeyRotation: true,
      // Each of the first two rotations adds $1 a month, and nothing that is stored needs them. This is the longest period.
      rotationPeriod: Duration.days(2560),
      // No stored data is encrypted with this key.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(this.#alarmsMayUseTheKey());
    return key;
  }

  #alarmsMayUseTheKey(): PolicyStatement {
    return new PolicyStatement({
      sid: 'CloudWatchAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: keyActions,
      resources: ['*'],
      conditions: this.#ofThisAccount(),
    });
  }

  /** The functions' roles have names that exist only after the deployment, so this names their account. */
  #accountMayUseTheKey(): PolicyStatement {
    return new PolicyStatement({
      sid: 'CamundaBackup',
      principals: [new AccountPrincipal(Stack.of(this).account)],
      actions: keyActions,
      resources: ['*'],
      conditions: this.#throughTheTopic(),
    });
  }

  #throughTheTopic() {
    const { region, urlSuffix } = Stack.of(this);
    return {
      StringEquals: {
        'kms:ViaService': `sns.${region}.${urlSuffix}`,
        'kms:EncryptionContext:aws:sns:topicArn': this.topic.topicArn,
      },
    };
  }

  #makeTopic(masterKey: IKey | undefined): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: 'Camunda backup',
      ...(masterKey ? { masterKey } : {}),
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
