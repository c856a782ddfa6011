import { Annotations } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Deployment } from '../core/config/deployment.ts';

/** Where the functions run that talk to a cluster: in the private subnets. */
export interface Network {
  vpc: IVpc;
  securityGroups: ISecurityGroup[];
}

/**
 * An existing VPC, taken at its word: nothing is looked up. Besides the way to the clusters, its subnets need a way
 * to S3, Secrets Manager, Step Functions and SNS: a NAT gateway, or endpoints of these services (for S3 a gateway
 * endpoint, which costs nothing).
 */
export function network(scope: Construct, { network }: Deployment): Network | undefined {
  if (!network) return undefined;
  const { vpcId, availabilityZones, subnetIds, securityGroupIds } = network;
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones, privateSubnetIds: subnetIds });
  // Nothing here makes routes.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return {
    vpc,
    securityGroups: securityGroupIds.map((id, index) =>
      // Its rules are its owner's business.
      SecurityGroup.fromSecurityGroupId(scope, `SecurityGroup${index}`, id, { mutable: false }),
    ),
  };
}
