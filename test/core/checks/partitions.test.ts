import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { partitions } from '../../../core/checks/partitions.ts';
import { BackupError } from '../../../core/errors.ts';
import { broker, factsOf, members, replica } from './facts-world.ts';

const follower = (partition: number) => replica(partition, { role: 'FOLLOWER', processorPhase: 'REPLAY' });
const silent = { broker: 'http://zeebe-1:9600', replicas: [], error: new BackupError('Unreachable', 'no') };

describe('The partitions of a cluster', () => {
  for (const { what, cluster, says } of [
    { what: 'that shows every replica, each with a leader,', cluster: {}, says: [] },
    {
      what: 'whose only replica of a partition does not lead it',
      cluster: { brokers: [broker(replica(1), follower(2), replica(3))] },
      says: ['partition 2 has no leader (GET /actuator/partitions of every broker)'],
    },
    {
      what: 'whose leaders may be on the broker that does not answer',
      cluster: {
        topology: members([1, 2, 3], [1, 2, 3]),
        brokers: [broker(follower(1), follower(2), follower(3)), silent],
      },
      says: [],
    },
    {
      what: 'of which one broker is not configured',
      cluster: { topology: members([1, 2, 3], [1, 2, 3]), brokers: [broker(follower(1), replica(2))] },
      says: [],
    },
    {
      what: 'of which a second replica is not shown',
      cluster: {
        topology: members([1, 2, 3], [1, 2, 3]),
        brokers: [broker(replica(1), replica(2), replica(3)), broker(follower(1), follower(3))],
      },
      says: ['1 of 2 replicas of partition 2 are shown'],
    },
    {
      what: 'of which a broker that should have partitions shows none',
      cluster: {
        topology: members([1, 2, 3], [1]),
        brokers: [broker(replica(1), replica(2), replica(3)), broker()],
      },
      says: [
        'http://zeebe:9600/actuator/partitions shows no partition at all, 1 of 2 replicas of partition 1 are shown',
      ],
    },
    {
      what: 'of which a broker that has no partition yet shows none',
      cluster: {
        topology: members([1, 2, 3], []),
        brokers: [broker(replica(1), replica(2), replica(3)), broker()],
      },
      says: [],
    },
    {
      what: 'with a follower whose processor is PAUSED',
      cluster: {
        brokers: [broker(replica(1), replica(2), replica(3))].concat(
          broker(replica(1, { role: 'FOLLOWER', processorPhase: 'PAUSED' })),
        ),
      },
      says: [],
    },
    {
      what: 'with a replica that is not healthy and does not say its role',
      cluster: { brokers: [broker(replica(1, { role: undefined, health: 'DEAD' }), replica(2), replica(3))] },
      says: ['partition 1 (role unknown) is DEAD (http://zeebe:9600/actuator/partitions)'],
    },
  ]) {
    const expected = says.length === 0 ? 'are not held against it' : `are told: ${says.join(', ')}`;
    test(`The partitions of a cluster ${what} ${expected}`, () => {
      assert.deepEqual(
        partitions(factsOf({ cluster })).map((found) => found.says),
        says,
      );
    });
  }
});
