export { emulatorAvailable } from './availability.ts';
export { type CdkResult, cdk } from './cdk.ts';
export { type Emulator, startEmulator } from './start.ts';
