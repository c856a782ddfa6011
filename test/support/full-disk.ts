/**
 * This module is loaded into a process (`--import`). While the file that FULL_DISK names exists, the process cannot
 * create a file. The error is ENOSPC, or the code in that file. Existing files can still be read.
 */
import { existsSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const sign = process.env['FULL_DISK'];
if (!sign) throw new Error('FULL_DISK names no file');
const reasons: Record<string, string> = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
};
const { open } = fs;

Object.assign(fs, {
  async open(file: string, ...rest: [flags?: string, mode?: number]) {
    if (rest[0] !== 'wx' || !existsSync(sign)) return open(file, ...rest);
    const code = readFileSync(sign, 'utf8') || 'ENOSPC';
    throw Object.assign(new Error(`${code}: ${reasons[code]}, open '${file}'`), { code });
  },
});
syncBuiltinESMExports();
