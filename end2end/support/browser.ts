// The browser, for tests and screenshots alike. CHROMIUM names it (scripts/setup-browser.sh finds it).
import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from "@playwright/test";

// Chromium's own sandbox does not work for root.
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: "chromium",
  headless: true,
  launchOptions: {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      ...asRoot,
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
  locale: "en-GB",
  timezoneId: "Europe/Berlin",
  contextOptions: { reducedMotion: "reduce" },
};
