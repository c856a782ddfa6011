import { join } from 'node:path';
import type { Launch } from '../../support/servers/server-process.ts';
import type { ClassArchive } from './class-archive.ts';
import type { Distribution } from './distribution.ts';
import type { Jdk } from './java.ts';
import { jvm } from './jvm.ts';
import { type Layout, local, ownFile, repository, s3 } from './layout.ts';

/** `script`: what node runs. */
export function launchS3(script: string, layout: Layout): Launch {
  const options = [
    '--address',
    '127.0.0.1',
    '--port',
    String(layout.ports.s3),
    '--directory',
    layout.s3Folder,
  ];
  return {
    program: process.execPath,
    args: [script, ...options, '--silent', '--no-vhost-buckets', '--configure-bucket', s3.bucket],
  };
}

const mainClasses = {
  zeebe: 'io.camunda.application.StandaloneBroker',
  // these two set the Spring profile `standalone`, without which 8.6 has no /actuator/backups for them
  operate: 'io.camunda.application.StandaloneOperate',
  tasklist: 'io.camunda.application.StandaloneTasklist',
};

export type CamundaName = keyof typeof mainClasses;

export function camundaClassPath({ home }: Distribution): string {
  return join(home, 'lib', '*');
}

export function launchCamunda(
  name: CamundaName,
  jdk: Jdk,
  distribution: Distribution,
  layout: Layout,
  archive: ClassArchive,
): Launch {
  const { ports } = layout;
  const own = {
    zeebe: { management: ports.zeebeManagement, web: ports.zeebeRest, cluster: ports.zeebeInternal },
    operate: { management: ports.operateManagement, web: ports.operateWeb, cluster: ports.operateCluster },
    tasklist: {
      management: ports.tasklistManagement,
      web: ports.tasklistWeb,
      cluster: ports.tasklistCluster,
    },
  }[name];
  const home = join(layout.folder, name);
  const config = join(distribution.home, 'config');
  return {
    program: jdk.java,
    args: [
      ...jvm(layout, archive, '384m'),
      `-Dlog4j2.configurationFile=${join(config, 'log4j2.xml')}`,
      `-Dapp.home=${home}`,
      `-Dbasedir=${home}`,
      '-cp',
      camundaClassPath(distribution),
      mainClasses[name],
    ],
    env: {
      // as a variable, for Operate and Tasklist ignore command line arguments
      SPRING_CONFIG_ADDITIONALLOCATION: `${join(config, 'application.yaml')},${ownFile('camunda.yaml')}`,
      MANAGEMENT_PORT: String(own.management),
      WEB_PORT: String(own.web),
      CLUSTER_PORT: String(own.cluster),
      MEMBER_ID: name,
      GRPC_PORT: String(ports.zeebeGrpc),
      REST_PORT: String(ports.zeebeRest),
      COMMAND_PORT: String(ports.zeebeCommand),
      INTERNAL_PORT: String(ports.zeebeInternal),
      PARTITIONS: String(layout.partitions),
      ZEEBE_FOLDER: layout.zeebeFolder,
      SEARCH_URL: local(ports.search),
      REPOSITORY: repository,
      S3_ENDPOINT: local(ports.s3),
      S3_BUCKET: s3.bucket,
      S3_REGION: s3.region,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
    },
  };
}
