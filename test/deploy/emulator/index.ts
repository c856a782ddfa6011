export { emulatorAvailable } from './availability.ts';
export { cdk } from './cdk.ts';
export { type Emulator, startEmulator } from './start.ts';
