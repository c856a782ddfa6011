/** The backup id in a request body, or what is wrong with it. Each component has its own answers to wrong ids. */
export type BackupIdInBody =
  | { found: 'id'; id: number }
  | { found: 'no body' }
  | { found: 'not JSON' }
  | { found: 'nothing' }
  | { found: 'not a number'; value: string };

export function backupIdIn(body: string): BackupIdInBody {
  if (body.trim() === '') return { found: 'no body' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { found: 'not JSON' };
  }
  if (parsed === null || typeof parsed !== 'object' || !('backupId' in parsed)) return { found: 'nothing' };
  const value = parsed.backupId;
  if (value === null) return { found: 'nothing' };
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
  const id = Number(value);
  if (!isNumeric || !Number.isSafeInteger(id)) return { found: 'not a number', value: String(value) };
  return { found: 'id', id };
}
