// A phone of 360 pixels: one pane at a time, and the browser's back button does what people expect.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { Inbox, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

const [[question, answer]] = KNOWLEDGE;

test("list, thread, details, and back with the browser's button", async ({ page, api }) => {
  const { customer } = await api.shop();
  await api.answered(customer, question, answer);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  const list = page.getByRole("list", { name: "Conversations" });
  await expect(list).toBeVisible();
  await expect(page.getByRole("heading", { name: "Choose a conversation" })).toBeHidden();
  await inbox.row("Ada Example").getByRole("link").tap();
  await expect(inbox.bubble(answer)).toBeVisible();
  await expect(list).toBeHidden();
  await expect(inbox.composer).toBeInViewport();
  await expectAccessible(page, "thread at 360 px");
  await inbox.thread.getByRole("link", { name: "Details" }).tap();
  await expect(inbox.details.getByText("WhatsApp sandbox")).toBeVisible();
  await expect(inbox.composer).toBeHidden();
  await page.goBack();
  await expect(inbox.composer).toBeVisible();
  await page.goBack();
  await expect(list).toBeVisible();
  await expect(page).toHaveURL(/\/inbox$/);
  await expect(inbox.thread).toBeHidden();
  await page.goForward();
  await expect(inbox.bubble(answer)).toBeVisible();
  await inbox.thread.getByRole("link", { name: "Back to the list" }).tap();
  await expect(list).toBeVisible();
});

test("the app's own way back adds nothing to the history", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  const list = page.getByRole("list", { name: "Conversations" });
  const length = () => page.evaluate(() => history.length);
  const begun = await length();
  for (let round = 0; round < 3; round += 1) {
    await inbox.row("Ada Example").getByRole("link").tap();
    await expect(inbox.bubble(answer)).toBeVisible();
    await inbox.thread.getByRole("link", { name: "Details" }).tap();
    await inbox.details.getByRole("link", { name: "Back to the messages" }).tap();
    await expect(inbox.composer).toBeVisible();
    await inbox.thread.getByRole("link", { name: "Back to the list" }).tap();
    await expect(list).toBeVisible();
  }
  // The way forward is what was gone back from, once.
  expect(await length()).toBeLessThanOrEqual(begun + 2);
  await page.goForward();
  await expect(inbox.bubble(answer)).toBeVisible();

  // Who came by an address gets the list in its place.
  await open(page, `/inbox/${row.id}`);
  const fresh = await length();
  await inbox.thread.getByRole("link", { name: "Back to the list" }).tap();
  await expect(list).toBeVisible();
  expect(await length()).toBe(fresh);

  await open(page, "/chatbots");
  await page.getByRole("link", { name: /Rosa/ }).tap();
  const there = await length();
  await page.getByRole("link", { name: "All chatbots" }).tap();
  await expect(page).toHaveURL(/\/chatbots$/);
  expect(await length()).toBe(there);
  await page.goForward();
  await expect(page).toHaveURL(new RegExp(`/chatbots/${shop.chatbot.id}$`));
});

test("no page is wider than the screen, and everything to press is large enough", async ({ page, api }) => {
  const { customer, chatbot, integration } = await api.shop("Rosa the chatbot with an uncommonly long and unbreakable-name-".padEnd(100, "x"));
  const row = await api.answered(customer, question, answer);
  await page.goto("/sign-in");
  const paths = ["/sign-in", "/inbox", `/inbox/${row.id}`, `/inbox/${row.id}?details=1`, "/chatbots", `/chatbots/${chatbot.id}`, "/integrations", `/integrations/${integration.id}/events`, "/sandbox"];
  for (const path of paths) {
    if (path === "/sign-in") await open(page, path);
    else await openSignedIn(page, path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(wide, `${path} is too wide`).toBeLessThanOrEqual(0);
    const tall = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    if (path !== "/sign-in") expect.soft(tall, `${path}: the document scrolls beside its panes`).toBeLessThanOrEqual(0);
    // Links within a sentence are exempt, as in WCAG 2.5.8.
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button, .button, nav a, input:not([type=hidden]), select, textarea")]
        .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .map((e) => ({ e, box: (e.closest("label") ?? e).getBoundingClientRect() }))
        .filter(({ box }) => box.width > 2 && (box.width < 43.5 || box.height < 43.5))
        .map(({ e, box }) => `${e.className || e.tagName} “${e.textContent?.trim().slice(0, 30)}” ${box.width.toFixed()}×${box.height.toFixed()}`),
    );
    expect.soft(small, `${path} has targets below 44 px`).toEqual([]);
    await expectAccessible(page, `${path} at 360 px`);
  }
});
