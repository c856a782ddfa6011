/**
 * This module is loaded into a command (`--import`), and makes it look as if it ran on another machine. So a reader of
 * its lock on this machine cannot see its process.
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
