import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from '@jest/globals';

const options =
  /[\s'"`](?:-[cfy]|--(?:cluster|config|stack|execution|id|reason|json|force|dry-run|delete-leftovers|resume-unexplained|yes|offline|camunda))(?![\w-])/;

test('Core names no option of the command line, so that every command can be pasted where it is read', async () => {
  const core = new URL('../../core/', import.meta.url);
  const files = (await readdir(core, { recursive: true })).filter((file) => file.endsWith('.ts'));
  assert.ok(files.length > 50);
  for (const file of files) {
    const text = await readFile(new URL(file, core), 'utf8');
    const strings = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    assert.doesNotMatch(strings, options, file);
    assert.doesNotMatch(
      strings,
      /camunda-backup (?:run|repair|status|list|show|verify|check|alert-test|watch|watchdog|demo)\b/,
      file,
    );
    assert.doesNotMatch(strings, /CAMUNDA_BACKUP_/, file);
  }
});
