import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, test } from '@jest/globals';
import * as z from 'zod';
import { eventPatience } from '../../core/connect/aws-client.ts';
import { type BackupEvent, eventDetails } from '../../core/event.ts';
import { eventPublisher } from '../../lambdas/aws/events.ts';
import { failureOf } from '../core/fakes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { mockAws, refusal } from '../support/mock-aws.ts';
import { shortened, silentServer } from '../support/silent-server.ts';

const arn = 'arn:aws:states:eu-central-1:123456789012:execution:camunda-backup:run-1';
const of = { cluster: 'production', run: arn };
const backup = { backupId: 1764230400, manifest: 's3://ledger/production/backups/1764230400/manifest.json' };
const events: BackupEvent[] = [
  { type: 'Backup Started', detail: { ...of, ...backup, reason: 'schedule', attempt: 1 } },
  {
    type: 'Backup Completed',
    detail: { ...of, ...backup, reason: 'schedule', durationSeconds: 600, pausedSeconds: 480, warnings: 0 },
  },
  { type: 'Backup Failed', detail: { ...of, exportingLeftPaused: false, error: 'Unreachable', cause: 'no' } },
  { type: 'Backup Skipped', detail: { ...of, reason: 'schedule', cause: 'another run holds the lock' } },
  { type: 'Exporting Left Paused', detail: { cluster: 'production', cause: 'Nobody answers.' } },
];

beforeEach(() => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

/** Sends all events to a bus that takes them, and returns what it took. */
async function taken(): Promise<PutEventsRequestEntry[]> {
  const entries: PutEventsRequestEntry[] = [];
  mockAws(EventBridgeClient)
    .on(PutEventsCommand)
    .callsFake(({ Entries = [] }) => {
      entries.push(...Entries);
      return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
    });
  const publish = eventPublisher('camunda-backup');
  for (const event of events) await publish(event);
  return entries;
}

describe('How a function sends events', () => {
  test('An event has the source and the detail type that rules match, the execution as its resource, and its stack', async () => {
    const [started, , , , paused] = await taken();
    assert.deepEqual(
      { ...started, Detail: JSON.parse(started?.Detail ?? '') },
      {
        Source: 'camunda-backup',
        DetailType: 'Backup Started',
        Resources: [arn],
        Detail: { format: 1, stack: 'camunda-backup', ...events[0]?.detail },
      },
    );
    // Neither a bus nor a time: it is the default bus, and the time of the call.
    assert.deepEqual(Object.keys(paused ?? {}).sort(), ['Detail', 'DetailType', 'Source']);
  });

  test('An event that the bus does not take is an error, although the answer is 200', async () => {
    mockAws(EventBridgeClient)
      .on(PutEventsCommand)
      .callsFake(() => ({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }],
      }));
    const error = await failureOf(sendOne());
    assert.equal(error.message, 'EventBridge has not taken it: Rate exceeded');
    assert.equal(error.name, 'ServerTrouble');
  });

  test('An event that the role may not send names the permission', async () => {
    mockAws(EventBridgeClient)
      .on(PutEventsCommand)
      .callsFake(() => {
        throw refusal({ name: 'AccessDeniedException', message: 'no' });
      });
    const error = await failureOf(sendOne());
    assert.equal(error.name, 'RequestRefused');
    assert.equal(error.remedy, 'Allow events:PutEvents on the default bus for this function.');
  });

  test('An event is given up while its sender still waits where EventBridge is silent, and the endpoint of the VPC is named', async () => {
    const { endpoint } = await silentServer();
    process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'] = endpoint;
    cleanUp(() => delete process.env['AWS_ENDPOINT_URL_EVENTBRIDGE']);
    const error = await failureOf(sendOne(shortened(eventPatience)));
    assert.equal(error.name, 'Unreachable');
    assert.match(
      error.remedy ?? '',
      /^Check that EventBridge of eu-central-1 can be reached .* in a VPC the endpoint of EventBridge or the NAT gateway/,
    );
    const { maxAttempts, requestHandler } = eventPatience;
    // A VPC without a way to EventBridge drops the connections.
    assert.ok(maxAttempts * requestHandler.connectionTimeout <= 2000);
  });
});

async function sendOne(patience = eventPatience) {
  const [event] = events;
  assert(event);
  await eventPublisher('camunda-backup', patience)(event);
}

describe('docs/events.md', () => {
  const page = readFile(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const types = Object.keys(eventDetails);

  test('The table has each field of each event as it is written, and no other field', async () => {
    const rows = (await page).split('\n').filter((line) => /^\| `[a-z]/.test(line));
    const found = rows.map((row) =>
      row
        .split(' | ')
        .slice(0, 2 + types.length)
        .join(' | '),
    );
    assert.deepEqual(found.sort(), tableRows().sort());
    const header = `| field | is | ${types.map((type) => type.replace('Backup ', '')).join(' | ')} | |`;
    assert.ok((await page).includes(header), header);
    for (const type of types) assert.ok((await page).includes(`\n| \`${type}\` | `), type);
  });

  test('The examples are events as they are written', async () => {
    const blocks = await jsonBlocks();
    const examples = blocks.flatMap((block) => {
      const { success, data } = received.safeParse(block);
      return success ? [data] : [];
    });
    assert.ok(examples.length > 0);
    const schemas = new Map<string, z.ZodType>(Object.entries(eventDetails));
    for (const { 'detail-type': type, detail } of examples) {
      const schema = schemas.get(type);
      assert(schema, type);
      schema.parse(detail);
    }
  });

  test('A rule with a pattern of the page matches the events that the page says, and no others', async () => {
    const entries = await taken();
    const patterns = (await jsonBlocks()).flatMap((block) => {
      const { success, data } = pattern.safeParse(block);
      return success ? [data] : [];
    });
    const matched = patterns.map((one) =>
      entries
        .map(({ Source, DetailType, Detail = '' }) => ({
          source: Source,
          'detail-type': DetailType,
          detail: JSON.parse(Detail),
        }))
        .filter((event) => matches(one, event))
        .map((event) => event['detail-type']),
    );
    assert.deepEqual(matched, [['Backup Completed'], ['Backup Failed', 'Exporting Left Paused']]);
  });

  async function jsonBlocks(): Promise<unknown[]> {
    return [...(await page).matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));
  }
});

const received = z.object({ 'detail-type': z.string(), detail: z.unknown() });
const pattern = z.looseObject({ source: z.array(z.string()), 'detail-type': z.array(z.string()) });

/** The part of the patterns that the page uses: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
function matches(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.includes(value);
  const fields = z.record(z.string(), z.unknown());
  const values = fields.safeParse(value).data ?? {};
  return Object.entries(fields.parse(wanted)).every(([name, part]) => matches(part, values[name]));
}

const objectSchema = z.object({
  properties: z.record(
    z.string(),
    z.looseObject({ type: z.enum(['string', 'number', 'integer', 'boolean']) }),
  ),
  required: z.array(z.string()),
});
const words = { string: 'text', number: 'number', integer: 'number', boolean: 'true or false' };

/** The rows of the table without the last column: `| field | type | in each event |`. */
function tableRows(): string[] {
  const rows = new Map<string, { word: string; cells: string[] }>();
  const all = Object.values(eventDetails);
  for (const [index, schema] of all.entries()) {
    const { properties, required } = objectSchema.parse(z.toJSONSchema(schema));
    for (const [field, { type }] of Object.entries(properties)) {
      const row = rows.get(field) ?? { word: words[type], cells: all.map(() => '') };
      row.cells[index] = required.includes(field) ? 'yes' : 'if known';
      rows.set(field, row);
    }
  }
  return [...rows].map(([field, { word, cells }]) => `| \`${field}\` | ${word} | ${cells.join(' | ')}`);
}
