/** The indices in each part of a web application's backup. Those of Operate and Tasklist were recorded. */
export const operateParts: string[][] = [
  ['operate-import-position-8.3.0_'],
  ['operate-list-view-8.3.0_'],
  [],
  [
    'operate-flownode-instance-8.3.1_',
    'operate-variable-8.3.0_',
    'operate-incident-8.3.1_',
    'operate-job-8.6.0_',
  ],
  [],
  ['operate-metric-8.3.0_', 'operate-user-1.2.0_', 'operate-process-8.3.0_'],
];

export const tasklistParts: string[][] = [
  ['tasklist-import-position-8.2.0_'],
  ['tasklist-process-instance-8.3.0_', 'tasklist-task-8.5.0_'],
  [],
  ['tasklist-list-view-8.6.0_', 'tasklist-variable-8.3.0_', 'tasklist-task-variable-8.3.0_'],
  [],
  ['tasklist-metric-8.3.0_', 'tasklist-form-8.4.0_', 'tasklist-user-1.4.0_'],
];

export const webApplicationsParts: string[][] = [
  ['operate-import-position-8.3.0_', 'tasklist-import-position-8.2.0_'],
  ['operate-list-view-8.3.0_', 'tasklist-task-8.8.0_'],
  ['operate-list-view-8.3.0_2026-01-01'],
  [
    'operate-variable-8.3.0_',
    'operate-incident-8.3.1_',
    'operate-job-8.6.0_',
    'tasklist-task-variable-8.3.0_',
  ],
  ['camunda-user-8.8.0_', 'camunda-role-8.8.0_', 'operate-process-8.3.0_', 'tasklist-form-8.4.0_'],
];

export const optimizeParts: string[][] = [
  ['optimize-timestamp-based-import-index_v5', 'optimize-position-based-import-index_v3'],
  [
    'optimize-process-definition_v6',
    'optimize-process-instance-order_v8',
    'optimize-single-process-report_v11',
    'optimize-dashboard_v8',
  ],
];
