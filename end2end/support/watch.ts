// Listens to everything that a browser complains about. Whatever a test did not expect fails it.
import { type BrowserContext, expect } from "@playwright/test";

/** Warnings that are faults: hydration that did not fit, and what Leptos finds out at run time. */
const BAD_WARNING = /hydrat|reactive|disposed|panick|violat|refused/i;

export class Watch {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  /** What this test provokes on purpose. */
  allow(...expected: RegExp[]): void {
    this.expected.push(...expected);
  }

  async attach(context: BrowserContext): Promise<void> {
    context.on("console", (message) => {
      const kind = message.type();
      const text = `${kind}: ${message.text()} (${message.location().url})`;
      if (kind === "error" || kind === "assert" || (kind === "warning" && BAD_WARNING.test(text))) this.found.push(text);
    });
    context.on("weberror", (problem) => this.found.push(`page error: ${problem.error().stack ?? problem.error().message}`));
    context.on("response", (answer) => {
      if (answer.status() >= 500) this.found.push(`status ${answer.status()}: ${answer.url()}`);
    });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`Content Security Policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
      });
    });
  }

  /** Fails when there was something that nobody expected. */
  check(): void {
    const problems = this.found.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
    expect(problems, "what the browser complained about").toEqual([]);
  }
}
