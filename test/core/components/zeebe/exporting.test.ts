import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  pauseExporting,
  proofOf,
  type Replica,
  readReplicas,
  resumeExporting,
  unknownOf,
} from '../../../../core/components/zeebe/exporting.ts';
import type { HttpAnswer } from '../../../../core/connect/http.ts';
import { failureOf, fakeServer, json, noAnswer, thrownBy, webPage } from '../../fakes.ts';
import { exporting } from '../../recorded.ts';

const pausePath = 'POST exporting/pause?soft=true';
const resumePath = 'POST exporting/resume';
const noContent: HttpAnswer = { status: 204, contentType: '', text: '' };

describe('The answer to a pause', () => {
  for (const { what, answer } of [
    { what: '200 with the inner status 204', answer: exporting.worked },
    { what: 'a real 204', answer: noContent },
  ] as const) {
    test(`A pause has worked at ${what}`, async () => {
      const { server, calls } = fakeServer('Zeebe', { [pausePath]: answer });
      await pauseExporting(server);
      assert.deepEqual(calls(), ['POST http://zeebe:9600/actuator/exporting/pause?soft=true']);
    });
  }

  test('A pause has failed at 200 with the inner status 500, and says the exception in short', async () => {
    const { server } = fakeServer('Zeebe', { [pausePath]: exporting.pauseFailed });
    const error = await failureOf(pauseExporting(server));
    assert.equal(error.name, 'PauseFailed');
    assert.match(error.message, /answered 200 with the inner status 500: Failed to connect channel/);
    assert(error.message.length < 800);
    // A pause that was made by hand would be ended by no backup.
    assert.match(error.remedy ?? '', /broker .* leader \(GET http:\/\/zeebe:9600\/actuator\/cluster\)/);
    assert.doesNotMatch(error.remedy ?? '', /curl/);
  });

  for (const { what, answer, says } of [
    { what: '200 with an empty body', answer: { ...noContent, status: 200 }, says: /inner status none/ },
    { what: '200 with another JSON', answer: json(200, {}), says: /inner status none/ },
    {
      what: '200 with the inner status 200',
      answer: json(200, { body: null, status: 200 }),
      says: /inner status 200/,
    },
    { what: 'a web page', answer: webPage, says: /web port/ },
    { what: '400', answer: exporting.badSoft, says: /400: Bad Request/ },
    { what: '503', answer: json(503, { message: 'not ready' }), says: /503: not ready/ },
  ] as const) {
    test(`A pause has failed at ${what}`, async () => {
      const { server } = fakeServer('Zeebe', { [pausePath]: answer });
      const error = await failureOf(pauseExporting(server));
      assert.equal(error.name, 'PauseFailed');
      assert.match(error.message, says);
    });
  }

  test('A pause without an answer is Unreachable: it may have happened', async () => {
    const { server } = fakeServer('Zeebe', { [pausePath]: noAnswer() });
    assert.equal((await failureOf(pauseExporting(server))).name, 'Unreachable');
  });
});

describe('The answer to a resume', () => {
  test('A resume has worked at 200 with the inner status 204 and at a real 204', async () => {
    for (const answer of [exporting.resumed, noContent]) {
      await resumeExporting(fakeServer('Zeebe', { [resumePath]: answer }).server);
    }
  });

  test('A resume has failed at 200 with the inner status 500', async () => {
    const { server } = fakeServer('Zeebe', { [resumePath]: exporting.resumeFailed });
    const error = await failureOf(resumeExporting(server));
    assert.equal(error.name, 'ResumeFailed');
    assert.match(error.message, /Zeebe did not resume exporting: .*Leader -2 of partition 2 is not known/);
    assert.equal(
      error.remedy,
      'By hand: curl -X POST http://zeebe:9600/actuator/exporting/resume (the "status" in the answer must be 204).',
    );
  });
});

describe('The phases of the replicas', () => {
  test('The phases are read from every broker', async () => {
    const first = fakeServer('Zeebe-0', { 'GET partitions': exporting.softPaused });
    const second = fakeServer('Zeebe-1', { 'GET partitions': exporting.exporting });
    const { read, unread } = await readReplicas([first.server, second.server]);
    assert.deepEqual(unread, []);
    assert.equal(read.length, 6);
    assert.deepEqual(read[0], {
      broker: 'http://zeebe-0:9600/actuator/partitions',
      partition: 1,
      phase: 'SOFT_PAUSED',
    });
    assert.equal(read[5]?.phase, 'EXPORTING');
  });

  for (const { what, answer } of [
    { what: 'has no such endpoint', answer: json(404, { error: 'Not Found' }) },
    { what: 'does not answer', answer: noAnswer() },
    { what: 'answers with something else', answer: json(200, { '1': { exporterPhase: 7 } }) },
    { what: 'is in trouble', answer: json(500, {}) },
  ] as const) {
    test(`The phases are not all known when a broker ${what}, and those of the others are`, async () => {
      const good = fakeServer('Zeebe-0', { 'GET partitions': exporting.exporting });
      const bad = fakeServer('Zeebe-1', { 'GET partitions': answer });
      const { read, unread } = await readReplicas([bad.server, good.server]);
      assert.deepEqual(unread, ['http://zeebe-1:9600/actuator/partitions']);
      assert.deepEqual(
        read.map(({ broker, phase }) => `${broker} ${phase}`),
        Array.from({ length: 3 }, () => 'http://zeebe-0:9600/actuator/partitions EXPORTING'),
      );
    });
  }
});

const replica = (partition: number, phase: Replica['phase'], broker = 'b'): Replica => ({
  broker,
  partition,
  phase,
});

describe('What is not known of the phases', () => {
  test('A replica in an unknown phase is not known, as one that is CLOSED, and the others are', async () => {
    const phases = ['EXPORTING', 'DREAMING', 'closed'];
    const shown = Object.fromEntries(
      phases.map((exporterPhase, index) => [String(index + 1), { exporterPhase }]),
    );
    const replicas = await readReplicas([fakeServer('Zeebe', { 'GET partitions': json(200, shown) }).server]);
    const at = 'http://zeebe:9600/actuator/partitions';
    assert.deepEqual(unknownOf(replicas, 3), [
      `partition 2 is DREAMING (${at})`,
      `partition 3 is CLOSED (${at})`,
    ]);
    const provable = { partitions: 3, provable: true };
    const error = await thrownBy(() => proofOf(replicas, provable, 'EXPORTING', 'ResumeFailed'));
    assert.match(error.message, /not proven yet: partition 2 is DREAMING/);
  });

  const exports = [1, 2, 3].map((partition) => replica(partition, 'EXPORTING'));

  test('Nothing is unknown where every partition was read, in whatever phase', () => {
    assert.deepEqual(unknownOf({ read: exports, unread: [] }, 3), []);
    const mixed = [replica(1, 'PAUSED'), replica(2, 'SOFT_PAUSED'), replica(3, 'EXPORTING')];
    assert.deepEqual(unknownOf({ read: mixed, unread: [] }, 3), []);
  });

  for (const { what, replicas, says } of [
    {
      what: 'a silent broker',
      replicas: { read: exports, unread: ['http://b1/partitions'] },
      says: ['http://b1/partitions could not be read'],
    },
    {
      what: 'a partition that nobody has',
      replicas: { read: exports.slice(1), unread: [] },
      says: ['partition 1 was not seen'],
    },
    {
      what: 'a replica that changes its role, also where another one of its partition is known',
      replicas: { read: [...exports, replica(2, 'CLOSED', 'c')], unread: [] },
      says: ['partition 2 is CLOSED (c)'],
    },
    {
      what: 'everything where nothing was read',
      replicas: { read: [], unread: ['http://b0/partitions'] },
      says: [
        'http://b0/partitions could not be read',
        'partition 1 was not seen',
        'partition 2 was not seen',
        'partition 3 was not seen',
      ],
    },
  ] as const) {
    test(`What is not known of the phases is ${what}`, () => {
      assert.deepEqual(unknownOf({ read: [...replicas.read], unread: [...replicas.unread] }, 3), says);
    });
  }
});

describe('The proof of a pause or a resume', () => {
  const shown = (partitions: number, provable = false) => ({ partitions, provable });
  const all = (...read: Replica[]) => ({ read, unread: [] });
  test('A proof is there when every partition was seen in the wanted phase', () => {
    const replicas = [1, 2, 3].map((partition) => replica(partition, 'SOFT_PAUSED'));
    assert.equal(proofOf(all(...replicas), shown(3), 'SOFT_PAUSED', 'PauseFailed'), 'proven');
  });

  test('A proof needs every partition', () => {
    const replicas = [1, 2, 2].map((partition) => replica(partition, 'EXPORTING'));
    assert.equal(proofOf(all(...replicas), shown(3), 'EXPORTING', 'ResumeFailed'), 'answered');
  });

  test('A proof is missing where nothing could be read', () => {
    assert.equal(proofOf({ read: [], unread: ['b'] }, shown(3), 'EXPORTING', 'ResumeFailed'), 'answered');
    assert.equal(proofOf(all(), shown(3), 'EXPORTING', 'ResumeFailed'), 'answered');
  });

  test('A proof is missing where a broker could not be asked, also when others showed every partition', () => {
    const read = [1, 2, 3].map((partition) => replica(partition, 'EXPORTING'));
    assert.equal(proofOf({ read, unread: ['b'] }, shown(3), 'EXPORTING', 'ResumeFailed'), 'answered');
  });

  test('A proof is refuted by a replica that was read also where another broker could not be asked', async () => {
    const paused = fakeServer('Zeebe-0', {
      'GET partitions': json(200, { 1: { exporterPhase: 'SOFT_PAUSED' } }),
    });
    const silent = fakeServer('Zeebe-1', { 'GET partitions': noAnswer() });
    const replicas = await readReplicas([paused.server, silent.server]);
    const error = await thrownBy(() => proofOf(replicas, shown(2), 'EXPORTING', 'ResumeFailed'));
    assert.equal(error.name, 'ResumeFailed');
    assert.match(error.message, /partition 1 is SOFT_PAUSED \(http:\/\/zeebe-0/);
  });

  test('A proof is missing where a partition has no exporter', () => {
    const replicas = [replica(1, 'EXPORTING'), replica(2, 'CLOSED')];
    assert.equal(proofOf(all(...replicas), shown(2), 'EXPORTING', 'ResumeFailed'), 'answered');
  });

  for (const phase of ['SOFT_PAUSED', 'PAUSED'] as const) {
    test(`The proof of a resume is refuted by one replica that is ${phase}`, async () => {
      const replicas = [replica(1, 'EXPORTING'), replica(2, phase)];
      const error = await thrownBy(() => proofOf(all(...replicas), shown(2), 'EXPORTING', 'ResumeFailed'));
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, new RegExp(`partition 2 is ${phase} \\(b\\)`));
    });
  }

  for (const phase of ['EXPORTING', 'PAUSED'] as const) {
    test(`The proof of a soft pause is refuted by one replica that is ${phase}`, async () => {
      const replicas = [replica(1, 'SOFT_PAUSED'), replica(2, phase)];
      const error = await thrownBy(() => proofOf(all(...replicas), shown(2), 'SOFT_PAUSED', 'PauseFailed'));
      assert.equal(error.name, 'PauseFailed');
    });
  }

  describe('The proof of a cluster that showed all its phases before', () => {
    for (const { what, replicas, says } of [
      {
        what: 'a broker is silent, also where every partition was seen on others',
        replicas: {
          read: [1, 2].map((partition) => replica(partition, 'EXPORTING')),
          unread: ['http://b1/partitions'],
        },
        says: /not proven yet: http:\/\/b1\/partitions could not be read$/,
      },
      {
        what: 'a partition is missing',
        replicas: all(replica(1, 'EXPORTING')),
        says: /partition 2 was not seen$/,
      },
      {
        what: 'a replica is CLOSED',
        replicas: all(replica(1, 'EXPORTING'), replica(2, 'CLOSED')),
        says: /partition 2 is CLOSED \(b\)$/,
      },
    ] as const) {
      test(`A proof is no answer while ${what}, and is asked again`, async () => {
        const error = await thrownBy(() =>
          proofOf(
            { read: [...replicas.read], unread: [...replicas.unread] },
            shown(2, true),
            'EXPORTING',
            'ResumeFailed',
          ),
        );
        assert.equal(error.name, 'ResumeFailed');
        assert.match(error.message, says);
        assert.match(error.remedy ?? '', /asks again/);
      });
    }

    test('A proof is there when the phases are shown again', () => {
      const replicas = [1, 2].map((partition) => replica(partition, 'SOFT_PAUSED'));
      assert.equal(proofOf(all(...replicas), shown(2, true), 'SOFT_PAUSED', 'PauseFailed'), 'proven');
    });

    test('A proof of a pause that is not known is PauseFailed', async () => {
      const error = await thrownBy(() => proofOf(all(), shown(1, true), 'SOFT_PAUSED', 'PauseFailed'));
      assert.equal(error.name, 'PauseFailed');
    });
  });
});
