/**
 * Loaded into a command that is started (`--import`): it runs on another machine, as far as it can see. Its processes
 * are not those of this one, for whoever reads its lock here.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const { readFileSync, readlinkSync } = fs;
const facts: Record<string, string> = {
  '/etc/machine-id': '11111111111111111111111111111111\n',
  '/proc/sys/kernel/random/boot_id': '22222222-2222-4222-8222-222222222222\n',
};

Object.assign(fs, {
  readFileSync: (file: string, ...rest: [BufferEncoding]) => facts[file] ?? readFileSync(file, ...rest),
  readlinkSync: (file: string) =>
    file === '/proc/self/ns/pid' ? 'pid:[4026599999]' : readlinkSync(file, 'utf8'),
});
Object.assign(os, { hostname: () => 'evicted-pod' });
syncBuiltinESMExports();
