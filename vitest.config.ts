import { defineConfig } from 'vitest/config';

const everywhere = ['{shared,electron,renderer,bench,tools}/**/*.test.{ts,tsx}'];
const withEngine = ['{electron,bench}/**/*.engine.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: everywhere, exclude: withEngine, testTimeout: 20_000 } },
      {
        test: {
          name: 'engine',
          include: withEngine,
          globalSetup: './electron/core/images/testing/build-once.ts',
          // Most of their time they wait; two side by side leave limits and rates what they are.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
