import { basename, dirname } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole worlds and child processes come first, so that no long file is left for the end when the other workers are idle. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const late = ({ moduleId }: TestSpecification) => Number(basename(dirname(moduleId)) !== 'test');
    return (await super.sort(files)).toSorted((a, b) => late(a) - late(b));
  }
}

/** Unit tests stand beside their source; what exercises the whole product stands in test/. */
export default defineConfig({
  test: {
    include: ['{sim,models,workloads,results,bin,bench,test}/**/*.test.ts'],
    exclude: ['dist/**', 'node_modules/**'],
    setupFiles: ['test/support/generators.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One worker a core: the default leaves one core to the terminal. A test owns no global state, so files share a worker, with
    // modules that are loaded once and code that stays compiled.
    pool: 'threads',
    maxWorkers: '100%',
    isolate: false,
    sequence: { sequencer: LongFirst },
    coverage: {
      provider: 'v8',
      include: ['{sim,models,workloads,results,bin}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
    },
  },
});
