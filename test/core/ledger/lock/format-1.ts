/** Locks of format 1, as they were written before there was a format 2. */

const taken = {
  format: 1,
  cluster: 'production',
  runId: 'run-1',
  owner: { kind: 'process', host: 'another-host', pid: 1 },
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
};

/** Where exporting is paused and resumed; the address is that of the clusters in these tests. */
const exporting = {
  url: 'http://zeebe:9600',
  brokers: ['http://zeebe:9600'],
  partitions: 3,
  provable: true,
};

const prepared = { ...taken, backupId: 7, exporting };
const requested = { ...prepared, pauseRequestedAt: '2026-11-21T09:00:01.000Z' };
const paused = { ...requested, pausedAt: '2026-11-21T09:00:02.000Z', pauseProof: 'proven' };
const held = { ...paused, pauseHeldAt: '2026-11-21T09:04:00.000Z', pauseHeldProof: 'proven' };
const resumed = { ...held, resumedAt: '2026-11-21T09:05:00.000Z', resumeProof: 'proven' };

/** From the first moment of a run to its last. */
export const format1 = { taken, prepared, requested, paused, held, resumed };

/** No version wrote it so: somebody has changed it by hand, say. */
export const pausedNobodyKnowsWhere = { ...taken, backupId: 7, pauseRequestedAt: '2026-11-21T09:00:01.000Z' };
