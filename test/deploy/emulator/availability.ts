import { findPython } from '../python.ts';

/** Whether the emulator can be started here; the reason is a sentence for the message of a skipped test. */
export type Availability = { available: true } | { available: false; reason: string };

export async function emulatorAvailable(): Promise<Availability> {
  if (process.platform === 'win32') {
    return { available: false, reason: 'LocalStack is started on Linux and macOS only' };
  }
  const python = await findPython();
  return typeof python === 'string' ? { available: false, reason: python } : { available: true };
}
