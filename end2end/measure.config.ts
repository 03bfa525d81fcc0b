// Measures the inbox: `npm --prefix end2end run measure`.
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser";

export default defineConfig({
  testDir: ".",
  testMatch: "measure.ts",
  outputDir: "./test-results",
  timeout: 900_000,
  expect: { timeout: 60_000 },
  workers: 1,
  reporter: [["list"]],
  use: { ...browser, viewport: { width: 1440, height: 900 }, actionTimeout: 60_000, navigationTimeout: 60_000 },
});
