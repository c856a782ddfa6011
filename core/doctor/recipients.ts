import { confirmThem, type Recipients } from '../tell/subscriptions.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Whom the alerts of a stack reach. `unknown` is the reason if that is not known. */
type Seen = Recipients & { unknown: string | null };

/** Judges whether the alerts of a stack reach people. */
export function recipients({ confirmed, pending, missing, unknown }: Seen): Diagnosis[] {
  const finding = { name: 'subscriptions', subject: 'alerts' };
  if (unknown !== null) {
    return [{ ...finding, severity: 'unknown', says: `It is not known whom the alerts reach: ${unknown}` }];
  }
  const named = (all: { protocol: string; endpoint: string }[]) =>
    all.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`).join(', ');
  const lost = [
    ...(pending.length > 0 ? [`not confirmed: ${named(pending)}`] : []),
    ...(missing.length > 0 ? [`not subscribed any more: ${named(missing)}`] : []),
  ];
  if (confirmed.length === 0) {
    const says = `The alerts reach nobody${lost.length > 0 ? ` (${lost.join('; ')})` : ''}`;
    return [{ ...finding, severity: 'error', says, remedy: confirmThem }];
  }
  if (lost.length > 0) {
    return [
      {
        ...finding,
        severity: 'warning',
        says: `The alerts do not reach all: ${lost.join('; ')}`,
        remedy: confirmThem,
      },
    ];
  }
  return [{ ...finding, severity: 'ok', says: `The alerts reach ${named(confirmed)}` }];
}
