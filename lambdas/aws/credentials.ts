import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Replaces the SDK's credential provider chain in the bundles (infra/bundle.ts). Lambda provides credentials in the
 * environment, and the other providers would add 90 kB of code that is never called.
 */
export const defaultProvider = () => fromEnv();
