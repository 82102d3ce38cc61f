import { defineConfig } from 'vitest/config';

/** Unit tests stand beside their source; what exercises the whole product stands in test/. */
export default defineConfig({
  test: {
    include: ['{sim,models,workloads,results,bin,bench,test}/**/*.test.ts'],
    exclude: ['dist/**', 'node_modules/**'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One worker a core; a test owns no global state, so files may share a worker's process.
    pool: 'threads',
    coverage: {
      provider: 'v8',
      include: ['{sim,models,workloads,results,bin}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
    },
  },
});
