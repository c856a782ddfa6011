import { Aws, CfnMapping, Duration, Stack, Token } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  Color,
  GaugeWidget,
  GraphWidget,
  type IWidget,
  LegendPosition,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  PeriodOverride,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { maxPauseOf } from '../core/backup/max-pause.ts';
import type { ClusterConfig } from '../core/config/schema.ts';
import type { MetricName } from '../core/figures.ts';
import { consoleDomains, consoleOf } from '../core/tell/aws-console.ts';
import type { Deployable } from './configuration.ts';
import type { Instance } from './instance.ts';
import { type ClusterDimensions, clusterMetric, metricNamespace } from './metrics.ts';

export interface DashboardProps extends Deployable {
  instance: Instance;
  alarms: readonly Alarm[];
  /** The log groups of the functions. */
  logs: LogGroup[];
}

const width = 24;
const hour = 3600;

/** Shows at a glance whether there is a recent backup, how long exporting was paused and what failed last. */
export class Dashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { alarms, logs, config, instance }: DashboardProps) {
    super(scope, id);
    const { name: dashboardName } = instance;
    const rows: IWidget[][] = [
      [new AlarmStatusWidget({ title: 'What is wrong now', alarms: [...alarms], width, height: 3 })],
      ...Object.entries(config.clusters).flatMap(([cluster, settings]) =>
        rowsOf({ service: instance.name, cluster }, settings),
      ),
      [lastFailures(logs)],
    ];
    new CloudWatchDashboard(this, 'Resource', {
      dashboardName,
      defaultInterval: Duration.days(14),
      // Otherwise CloudWatch adapts the periods to the shown time, and the backups of a day are those of another period.
      periodOverride: PeriodOverride.INHERIT,
      widgets: rows,
    });
    const { region } = Stack.of(this);
    this.url = `${this.#console()}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  }

  /** The console of the stack's region. Without a configured region, only CloudFormation knows the partition. */
  #console(): string {
    const { region } = Stack.of(this);
    const known = Token.isUnresolved(region) ? undefined : consoleOf(region);
    if (known !== undefined) return known;
    const mapping = Object.fromEntries(
      [...consoleDomains].map(([partition, domain]) => [partition, { domain }]),
    );
    const domain = new CfnMapping(this, 'Console', { mapping }).findInMap(Aws.PARTITION, 'domain');
    return `https://${region}.${domain}`;
  }
}

function rowsOf(of: ClusterDimensions, config: ClusterConfig): IWidget[][] {
  return [
    [new TextWidget({ markdown: `# ${of.cluster}`, width, height: 1 })],
    [age(of, config), pauses(of, config), outcomes(of), durations(of)],
  ];
}

const size = { width: 6, height: 6 };

/** The age of the last backup. It is red from `maxAge` on, if that is configured. */
function age(of: ClusterDimensions, { maxAge }: ClusterConfig): IWidget {
  const title = 'Hours since the last completed backup ended';
  const hours = new MathExpression({
    expression: `age / ${hour}`,
    usingMetrics: { age: clusterMetric('BackupAgeSeconds', of, 'Maximum') },
    label: 'hours',
  });
  if (maxAge === undefined) return new SingleValueWidget({ title, metrics: [hours], ...size });
  const allowed = maxAge / hour;
  return new GaugeWidget({
    title,
    metrics: [hours],
    leftYAxis: { min: 0, max: Math.max(1, Math.ceil(allowed * 1.5)) },
    annotations: [
      { value: 0, color: Color.GREEN, label: 'fresh' },
      { value: allowed, color: Color.RED, label: 'too old' },
    ],
    ...size,
  });
}

function pauses(of: ClusterDimensions, config: ClusterConfig): IWidget {
  const minutes = (metricName: 'PausedSeconds' | 'ExportingPausedSeconds', label: string) =>
    new MathExpression({
      expression: `${metricName === 'PausedSeconds' ? 'paused' : 'now'} / 60`,
      usingMetrics: {
        [metricName === 'PausedSeconds' ? 'paused' : 'now']: clusterMetric(metricName, of, 'Maximum'),
      },
      label,
    });
  return new GraphWidget({
    title: 'Exporting paused, in minutes',
    left: [minutes('PausedSeconds', 'in a backup'), minutes('ExportingPausedSeconds', 'now')],
    leftAnnotations: [{ value: maxPauseOf(config) / 60, label: 'maxPause', color: Color.RED }],
    leftYAxis: { min: 0, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    ...size,
  });
}

function outcomes(of: ClusterDimensions): IWidget {
  const aDay = (metricName: 'BackupCompleted' | 'BackupFailed', label: string, color: string) =>
    clusterMetric(metricName, of, 'Sum', Duration.days(1)).with({ label, color });
  return new GraphWidget({
    title: 'Backups a day',
    left: [aDay('BackupCompleted', 'completed', Color.GREEN), aDay('BackupFailed', 'failed', Color.RED)],
    leftYAxis: { min: 0, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    ...size,
  });
}

function durations(of: ClusterDimensions): IWidget {
  const ofComponents: MetricName = 'ComponentSeconds';
  const components = new MathExpression({
    expression: `SEARCH('{${metricNamespace},service,cluster,component} MetricName="${ofComponents}" service="${of.service}" cluster="${of.cluster}"', 'Maximum', 300) / 60`,
    usingMetrics: {},
    // CloudWatch substitutes the dimension.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: not a template string
    label: "${PROP('Dim.component')}",
  });
  const whole = new MathExpression({
    expression: 'whole / 60',
    usingMetrics: { whole: clusterMetric('DurationSeconds', of, 'Maximum') },
    label: 'whole backup',
  });
  return new GraphWidget({
    title: 'Duration, in minutes',
    left: [whole, components],
    leftYAxis: { min: 0, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    ...size,
  });
}

/** Shows the functions' own logs, because the state machine's logs have no execution data and so no causes. */
function lastFailures(logs: LogGroup[]): IWidget {
  return new LogQueryWidget({
    title: 'What failed last',
    logGroupNames: logs.map(({ logGroupName }) => logGroupName),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      // A function that was killed or ran out of time writes nothing itself. Then only Lambda's own record says so:
      // https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
      'fields @timestamp, coalesce(error, record.errorType, record.status) as what, message, coalesce(function_name, @log) as function',
      'filter level = "ERROR" or (type = "platform.report" and record.status != "success")',
      'sort @timestamp desc',
      'limit 20',
    ],
    width,
    height: 8,
  });
}
