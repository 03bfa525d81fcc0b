// Times are the reader's own from the first paint on: the server knows the zone by a cookie, and shows none as long as nobody
// has told it.
import { KNOWLEDGE } from "../support/api";
import { alive, Inbox, openSignedIn, signIn } from "../support/pages";
import { expect, test } from "../support/test";
import type { Page, Route } from "@playwright/test";

const [[question, answer]] = KNOWLEDGE;

/** Holds the program back; what it gives lets it come. */
async function slowLine(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let open = false;
  await page.route("**/*.wasm", async (route) => {
    if (open) await route.continue();
    else held.push(route);
  });
  return async () => {
    open = true;
    await Promise.all(held.map((route) => route.continue()));
    await alive(page);
  };
}

const shown = (page: Page) =>
  page.locator("time").evaluateAll((all) => all.filter((t) => t.checkVisibility({ visibilityProperty: true })).map((t) => t.textContent ?? ""));
const boxes = (page: Page) =>
  page.locator("time").evaluateAll((all) => all.map((t) => t.getBoundingClientRect()).filter((b) => b.width > 0).map((b) => `${Math.round(b.x)} ${Math.round(b.y)}`));

for (const timezoneId of ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"]) {
  test.describe(timezoneId, () => {
    test.use({ timezoneId });

    test("a page says the reader's time before and after it comes alive, without a move", async ({ page, api }) => {
      const { customer } = await api.shop();
      const row = await api.answered(customer, question, answer);
      await signIn(page);
      const come = await slowLine(page);
      // The first page of all: no time rather than a wrong one.
      await page.goto(`/inbox/${row.id}`, { waitUntil: "domcontentloaded" });
      await expect(new Inbox(page).bubble(answer)).toBeVisible();
      expect(await shown(page)).toEqual([]);
      expect((await page.locator("time").allTextContents()).join("")).not.toMatch(/\d/);
      await come();
      await expect.poll(() => shown(page)).not.toEqual([]);

      // From then on the server knows.
      await page.unroute("**/*.wasm");
      const again = await slowLine(page);
      await page.goto(`/inbox/${row.id}`, { waitUntil: "domcontentloaded" });
      await expect(new Inbox(page).bubble(answer)).toBeVisible();
      const before = { words: await shown(page), places: await boxes(page) };
      const own = await page.locator(".bubble time").evaluateAll((all) =>
        all.map((t) => new Date((t as HTMLTimeElement).dateTime).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })),
      );
      expect(await page.locator(".bubble time").allTextContents()).toEqual(own);
      await again();
      expect(await shown(page)).toEqual(before.words);
      expect(await boxes(page)).toEqual(before.places);
    });
  });
}

test("a cookie that is no zone, or an old one, does no harm", async ({ page, context, api, baseURL }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await signIn(page);
  for (const value of ["%3Cscript%3E", "60_1", "-99999", "330"]) {
    await context.addCookies([{ name: "zone", value, url: baseURL ?? "" }]);
    await openSignedIn(page, `/inbox/${row.id}`);
    const own = await page.locator(".bubble time").evaluateAll((all) =>
      all.map((t) => new Date((t as HTMLTimeElement).dateTime).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })),
    );
    await expect.poll(() => page.locator(".bubble time").allTextContents()).toEqual(own);
  }
});
