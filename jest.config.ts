import { defineConfig } from 'jest';

const minutes = 60_000;

/** Makes a project of the tests in some folders of test/. `--selectProjects` chooses it by its name. */
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
          // Without import attributes, Jest would not load JSON files as JSON.
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
    project('unit', 'core', 'deployment', 'lambdas', 'statemachine', 'simulator', 'infra', 'real/loss'),
    project('cli', 'cli'),
    // The following projects start servers, and they run one after another.
    { ...project('real'), testMatch: ['<rootDir>/test/real/*.test.ts'] },
    project('camunda', 'camunda'),
    project('deploy', 'deploy'),
    project('upgrade', 'upgrade'),
  ],
  testSequencer: '<rootDir>/test/support/longest-first.ts',
  reporters: ['default', '<rootDir>/test/support/slowest-tests.ts'],
  // Even on a busy machine, only a test that hangs takes this long.
  testTimeout: 5 * minutes,
  // Jest's default of half a second is too short for a worker on a busy machine. Jest still reports one that hangs.
  workerGracefulExitTimeout: 10_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['{core,cli,deployment,lambdas,infra,simulator,statemachine}/**/*.ts'],
});
