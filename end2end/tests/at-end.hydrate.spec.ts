// Who stands at the end of a conversation stays there, and nothing lies over what is written in.
import type { Locator, Page } from "@playwright/test";
import { type Api, KNOWLEDGE, type Row } from "../support/api";
import { Inbox, openSignedIn, Phone, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;
const LINES = Array.from({ length: 30 }, (_, n) => `line ${n}`).join("\n");

async function long(api: Api): Promise<Row> {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "The very first message");
  await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  for (let n = 1; n <= 20; n += 1) await api.write(customer, `Message ${n}\nwith a second line`);
  await api.conversation("Ada Example", "Message 20\nwith a second line");
  return row;
}

/** How far the end is below what is seen. */
const below = (log: Locator) => log.evaluate((l) => Math.round(l.scrollHeight - l.scrollTop - l.clientHeight));

/** What a keyboard does where the page stays as large as it was, as in Safari. */
async function keyboard(page: Page, height: number): Promise<void> {
  await page.evaluate((taken) => {
    const view = window.visualViewport as VisualViewport;
    Object.defineProperty(view, "height", { configurable: true, value: document.documentElement.clientHeight - taken });
    view.dispatchEvent(new Event("resize"));
  }, height);
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the newest message stays in sight while the composer grows and the keyboard opens", async ({ page, api }) => {
    const row = await long(api);
    await openSignedIn(page, `/inbox/${row.id}`);
    const inbox = new Inbox(page);
    const newest = inbox.bubble("Message 20");
    await expect(newest).toBeInViewport({ ratio: 1 });
    await inbox.composer.fill(LINES);
    await expect.poll(() => below(inbox.log)).toBe(0);
    await expect(newest).toBeInViewport({ ratio: 1 });
    await inbox.composer.fill("");
    // A keyboard that makes the page smaller.
    await page.setViewportSize({ width: 390, height: 444 });
    await expect.poll(() => below(inbox.log)).toBe(0);
    await expect(newest).toBeInViewport({ ratio: 1 });
    await expect(inbox.composer).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(newest).toBeInViewport({ ratio: 1 });
    // And one that lies over it.
    await keyboard(page, 400);
    await expect.poll(async () => (await inbox.composer.boundingBox())?.y ?? 0).toBeLessThan(444);
    await expect.poll(() => below(inbox.log)).toBe(0);
    const box = await newest.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(444);
    await keyboard(page, 0);
    await expect.poll(async () => (await inbox.composer.boundingBox())?.y ?? 0).toBeGreaterThan(700);
  });

  test("who reads further up is not moved by either", async ({ page, api }) => {
    const row = await long(api);
    await openSignedIn(page, `/inbox/${row.id}`);
    const inbox = new Inbox(page);
    await expect(inbox.bubble("Message 20")).toBeInViewport();
    await inbox.log.evaluate((l) => l.scrollTo(0, 200));
    await expect(inbox.bubble("Message 20")).not.toBeInViewport();
    const top = () => inbox.log.evaluate((l) => l.scrollTop);
    const before = await top();
    await inbox.composer.fill(LINES);
    await page.setViewportSize({ width: 390, height: 444 });
    await expect(inbox.composer).toBeInViewport();
    expect(await top()).toBe(before);
  });

  test("the phone of the sandbox and the chat of a website stay at their end, too", async ({ page, somebody, api, server }) => {
    const shop = await api.shop();
    await api.openWebsite(shop.chatbot);
    await openSignedIn(page, "/sandbox");
    const phone = new Phone(page);
    for (let n = 1; n <= 8; n += 1) await api.write(shop.customer, `Message ${n}\nwith\nmany\nlines`);
    await expect(phone.bubble("Message 8")).toBeInViewport();
    await page.setViewportSize({ width: 390, height: 500 });
    await expect.poll(() => below(phone.log)).toBe(0);

    const widget = new Widget(await (await somebody({ viewport: { width: 390, height: 600 } })).newPage());
    await widget.page.goto(`${server.url}/widget/${shop.chatbot.web_integration_id}`);
    for (let n = 1; n <= 6; n += 1) await widget.write(`Question ${n}\nwith\nmany\nlines`);
    await expect(widget.bubble("Question 6")).toBeInViewport();
    await widget.page.getByRole("textbox", { name: "Message" }).fill(LINES);
    await expect.poll(() => below(widget.log)).toBe(0);
    await widget.page.setViewportSize({ width: 390, height: 400 });
    await expect.poll(() => below(widget.log)).toBe(0);
    await keyboard(widget.page, 150);
    await expect.poll(async () => (await widget.page.getByRole("button", { name: "Send" }).boundingBox())?.y ?? 999).toBeLessThan(250);
    await expect.poll(() => below(widget.log)).toBe(0);
  });
});

for (const width of [320, 390, 820, 1440]) {
  test(`a notice lies neither over the composer nor over the way back, ${width} px`, async ({ page, api }) => {
    await page.setViewportSize({ width, height: 800 });
    const { customer } = await api.shop();
    const row = await api.answered(customer, question, answer);
    await openSignedIn(page, `/inbox/${row.id}`);
    const inbox = new Inbox(page);
    await inbox.composer.fill("One\nTwo\nThree\nFour");
    await inbox.thread.getByRole("button", { name: "Take over" }).click();
    const toast = page.locator(".toast");
    await expect(toast).toBeVisible();
    const covered = await page.evaluate(() => {
      const toast = document.querySelector(".toast")?.getBoundingClientRect();
      const over = [".composer", ".thread__back", ".details__back", ".thread__actions"].filter((selector) => {
        const other = document.querySelector<HTMLElement>(selector);
        if (!toast || !other?.checkVisibility()) return false;
        const box = other.getBoundingClientRect();
        return toast.left < box.right && box.left < toast.right && toast.top < box.bottom && box.top < toast.bottom;
      });
      return over;
    });
    expect(covered).toEqual([]);
    await expect(toast).toBeInViewport({ ratio: 1 });
  });
}
