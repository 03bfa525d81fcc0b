// axe-core on the page as it is now.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Every rule, best practices included. Lists each violation with where it is. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // A page behind it is inert while a dialog is open, and axe does not know that.
  const modal = page.locator("dialog:modal");
  const builder = new AxeBuilder({ page });
  if (await modal.count()) builder.include("dialog[open]");
  const { violations } = await builder.analyze();
  const faults = violations.flatMap((v) =>
    v.nodes.map((node) => `${v.id} (${v.impact}): ${v.help}\n  ${node.target.join(" ")}\n  ${node.html.slice(0, 200)}\n  ${node.failureSummary ?? ""}`),
  );
  expect.soft(faults, `axe-core: ${where}`).toEqual([]);
}
