import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupStore } from '../../../../../core/components/zeebe/store/backup-store.ts';
import { folderFiles } from '../../../../../core/components/zeebe/store/folder-files.ts';
import { cleanUp } from '../../../../support/clean-up.ts';
import type { Files } from './written-by-hand.ts';

/** Writes files below a new folder, which is removed after the test. Returns the folder. */
export function folderWith(files: Files): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'zeebe-store-'));
  cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

export const storeInFolder = (files: Files) => backupStore(folderFiles(folderWith(files)));
