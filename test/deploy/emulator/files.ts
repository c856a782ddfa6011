import { fileURLToPath } from 'node:url';

/** Of what LocalStack's process runs. */
export function hostModeFile(name: string): string {
  return fileURLToPath(new URL(`host-mode/${name}`, import.meta.url));
}

/** The `cdk` that package.json pins. */
export const cdkProgram = fileURLToPath(new URL('../../../node_modules/.bin/cdk', import.meta.url));
