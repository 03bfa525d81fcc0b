// Takes the screenshots: `npm --prefix end2end run screenshots`.
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser";

export default defineConfig({
  testDir: ".",
  testMatch: "screenshots.ts",
  outputDir: "./test-results",
  timeout: 600_000,
  expect: { timeout: 30_000 },
  workers: 1,
  reporter: [["list"]],
  use: { ...browser, actionTimeout: 30_000, navigationTimeout: 45_000 },
});
