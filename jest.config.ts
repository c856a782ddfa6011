import { defineConfig } from 'jest';

const minutes = 60_000;

/** The tests in some folders of test/, as a project that `--selectProjects` chooses by its name. */
const project = (name: string, ...folders: string[]) => ({
  displayName: name,
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  testEnvironment: '<rootDir>/test/support/node-environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          // Without them, Jest does not know that a JSON file is meant to be one.
          experimental: { keepImportAttributes: true },
        },
      },
    ] satisfies [string, object],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  restoreMocks: true,
});

export default defineConfig({
  projects: [
    project('unit', 'core', 'deployment', 'lambdas', 'statemachine', 'simulator', 'infra'),
    project('cli', 'cli'),
    // These start servers, and run one after another.
    project('real', 'real'),
    project('camunda', 'camunda'),
    project('deploy', 'deploy'),
    project('upgrade', 'upgrade'),
  ],
  testSequencer: '<rootDir>/test/support/longest-first.ts',
  reporters: ['default', '<rootDir>/test/support/slowest-tests.ts'],
  // Only what hangs takes so long, also on a machine that is busy.
  testTimeout: 5 * minutes,
  // Jest's own half second is too short for a worker on a busy machine; one that something keeps is still told of.
  workerGracefulExitTimeout: 10_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['{core,cli,deployment,lambdas,infra,simulator,statemachine}/**/*.ts'],
});
