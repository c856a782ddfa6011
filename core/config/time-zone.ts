/**
 * The mistake in the name of a time zone, as the end of a sentence; undefined if EventBridge Scheduler takes it. Scheduler
 * takes the names of the IANA database: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones.
 * JavaScript also takes offsets, and does not distinguish between capital and small letters.
 */
export function mistakeInTimeZone(name: string): string | undefined {
  if (/^[+-]\d/.test(name)) return 'is an offset from UTC, and EventBridge Scheduler takes only names';
  const known = knownZone(name);
  if (known === undefined || name.length > 50) return 'is not a time zone';
  // For an old name, such as US/Eastern, JavaScript answers the new one.
  if (known === name || known.toLowerCase() !== name.toLowerCase()) {
    return /^[A-Z]/.test(name) ? undefined : 'is not written with its capital letters';
  }
  return `is written ${known}`;
}

function knownZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
