import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands for the SDK's search for credentials when a function is bundled (infra/bundle.ts): Lambda puts them into the
 * environment, and the other places would be 90 kB of code that is never called.
 */
export const defaultProvider = () => fromEnv();
