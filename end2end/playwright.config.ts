// The browser tests. `scripts/test.sh browser` builds the server and runs them; see README.md beside this file.
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser";

export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  // A debug server and two cores: generous, because nothing here waits for its own sake.
  timeout: 90_000,
  expect: { timeout: 30_000 },
  workers: Number(process.env.PARLANCE_E2E_WORKERS ?? 2),
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // What passes the second time only is listed as flaky: to be mended, and no reason to refuse a change.
  retries: process.env.CI ? 1 : 0,
  reportSlowTests: { max: 5, threshold: 40_000 },
  reporter: [["list"]],
  projects: [{ name: "chromium" }],
  use: {
    ...browser,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 30_000,
    navigationTimeout: 45_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
