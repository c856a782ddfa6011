import { Annotations } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Deployment } from '../core/config/deployment.ts';
import type { FunctionDefinition } from '../lambdas/definition.ts';

/** The private subnets in which the functions that call a cluster run. */
export interface Network {
  vpc: IVpc;
  securityGroups: ISecurityGroup[];
}

/** The network of a function; undefined if it runs outside of every VPC. */
export function networkOf(
  { needs }: Pick<FunctionDefinition, 'needs'>,
  network: Network | undefined,
  deployment: Deployment,
): Network | undefined {
  return needs.includes('cluster') || deployment.network?.functions === 'all' ? network : undefined;
}

/**
 * Imports an existing VPC without looking anything up. Its subnets need routes to the clusters and to S3, Secrets
 * Manager, Step Functions and SNS. These can be a NAT gateway or endpoints of these services (for S3 a gateway
 * endpoint, which is free).
 */
export function network(scope: Construct, { network }: Deployment): Network | undefined {
  if (!network) return undefined;
  const { vpcId, availabilityZones, subnetIds, securityGroupIds } = network;
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones, privateSubnetIds: subnetIds });
  // The warning is about route tables, and this stack adds no routes.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return {
    vpc,
    securityGroups: securityGroupIds.map((id, index) =>
      // The owner of the security group manages its rules.
      SecurityGroup.fromSecurityGroupId(scope, `SecurityGroup${index}`, id, { mutable: false }),
    ),
  };
}
