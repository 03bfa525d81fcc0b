// Pages whose code comes in files of its own: what is asked for and when, and what people see when it does not come.
import type { Page } from "@playwright/test";
import { Inbox, alive, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

const PAGES: [path: string, heading: string][] = [
  ["/chatbots", "Chatbots"],
  ["/integrations", "Integrations"],
  ["/sandbox", "Sandbox"],
];

/** The names of the wasm files that the page asks for, in the order of asking. */
function wasm(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const file = new URL(request.url()).pathname.split("/").pop() ?? "";
    if (file.endsWith(".wasm")) asked.push(file);
  });
  return asked;
}

const goTo = (page: Page, place: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: place });

/** Marks the document: a page that was loaded anew has no mark. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute("data-mark", ""));
const marked = (page: Page) => page.locator("html[data-mark]");

test("sign-in and inbox load the main file and nothing else", async ({ page }) => {
  const asked = wasm(page);
  await open(page, "/sign-in");
  await openSignedIn(page, "/inbox");
  expect(new Set(asked)).toEqual(new Set(["parlance.wasm"]));
});

for (const [path, heading] of PAGES) {
  test(`${path} comes by a link without loading the document again, and by a reload`, async ({ page }) => {
    const asked = wasm(page);
    await openSignedIn(page, "/inbox");
    await mark(page);
    await goTo(page, heading).click();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expect(marked(page)).toHaveCount(1);
    expect(asked.some((file) => file.startsWith("split_"))).toBe(true);
    await page.reload();
    await alive(page);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL("/inbox");
  });
}

test("an open conversation comes when somebody points at a row, and by the keyboard", async ({ page, api }) => {
  const { customer } = await api.shop();
  await api.converse(customer, "Is it open?");
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  const coming = page.waitForRequest(/split_thread\.wasm/);
  await inbox.row("Ada Example").hover();
  await coming;
  await expect(page).toHaveURL("/inbox");
  await page.reload();
  await alive(page);
  await page.keyboard.press("j");
  await expect(inbox.bubble("Is it open?")).toBeVisible();
});

test("a conversation whose code does not come says so", async ({ page, api, watch }) => {
  watch.allow(/Failed to fetch|ERR_FAILED|split_thread/);
  const { customer } = await api.shop();
  await api.converse(customer, "Is it open?");
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await page.route(/split_thread\.wasm/, (route) => route.abort());
  await inbox.row("Ada Example").getByRole("link").click();
  const panel = page.getByRole("alert").filter({ hasText: "This page could not be loaded." });
  await expect(panel).toBeVisible();
  await page.unroute(/split_thread\.wasm/);
  await panel.getByRole("button", { name: "Try again" }).click();
  await expect(inbox.bubble("Is it open?")).toBeVisible();
  await alive(page);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("there is a way back while a conversation comes, and when it does not come", async ({ page, api, watch }) => {
    watch.allow(/Failed to fetch|ERR_FAILED|split_thread/);
    const { customer } = await api.shop();
    await api.converse(customer, "Is it open?");
    await openSignedIn(page, "/inbox?status=all");
    const inbox = new Inbox(page);
    const back = page.getByRole("link", { name: "Back to the list" });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/split_thread\.wasm/, async (route) => {
      await held;
      await route.abort();
    });
    await inbox.row("Ada Example").getByRole("link").click();
    await expect(page.getByRole("main").getByRole("status")).toHaveText("Loading…");
    await expect(back).toBeVisible();
    release();
    await expect(page.getByRole("alert")).toContainText("could not be loaded");
    await back.click();
    await expect(page).toHaveURL("/inbox?status=all");
    await expect(inbox.row("Ada Example")).toBeVisible();
  });
});

test("the document names every file that the page needs, so that none waits for another", async ({ page, api }) => {
  const { customer } = await api.shop();
  const conversation = await api.converse(customer, "Is it open?");
  await openSignedIn(page, "/inbox");
  for (const path of [...PAGES.map(([path]) => path), `/inbox/${conversation.id}`]) {
    const asked = wasm(page);
    const named = [...(await (await page.request.get(path)).text()).matchAll(/rel="preload" href="[^"]*\/([^"/]+\.wasm)"/g)];
    await open(page, path);
    expect(new Set(asked)).toEqual(new Set(named.map((match) => match[1])));
    page.removeAllListeners("request");
  }
});

test("pointing at a link loads its page ahead", async ({ page }) => {
  await openSignedIn(page, "/inbox");
  const coming = page.waitForRequest(/split_manage\.wasm/);
  await goTo(page, "Integrations").hover();
  await coming;
  await expect(page).toHaveURL("/inbox");
});

test("while a page comes its place is held, and one can go elsewhere", async ({ page }) => {
  await openSignedIn(page, "/inbox");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/split_manage\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  await goTo(page, "Integrations").click();
  await expect(page.getByRole("main").getByRole("status")).toHaveText("Loading…");
  await goTo(page, "Inbox").click();
  await expect(page.getByRole("heading", { level: 1, name: "Inbox" })).toBeAttached();
  release();
  await goTo(page, "Chatbots").click();
  await expect(page.getByRole("heading", { level: 1, name: "Chatbots" })).toBeVisible();
});

test("a page that does not come says so, and trying again loads it", async ({ page, watch }) => {
  watch.allow(/Failed to fetch|ERR_FAILED|split_manage/);
  await openSignedIn(page, "/inbox");
  await page.route(/split_manage\.wasm/, (route) => route.abort());
  await goTo(page, "Integrations").click();
  const panel = page.getByRole("alert").filter({ hasText: "This page could not be loaded." });
  await expect(panel).toBeVisible();
  await page.unroute(/split_manage\.wasm/);
  await panel.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await alive(page);
  await expect(page).toHaveURL("/integrations");
});

for (const missing of ["parlance.wasm", "split_manage.wasm"]) {
  test(`without ${missing} the page shows what the server rendered, says that it is not whole, and a reload helps`, async ({ page, watch }) => {
    watch.allow(/Failed to fetch|ERR_FAILED|failed to load|split_manage/);
    await openSignedIn(page, "/inbox");
    const files = new RegExp(missing.replace(".", "\\."));
    await page.route(files, (route) => route.abort());
    await page.goto("/integrations");
    await expect(page.getByRole("alert")).toContainText("This page did not load completely");
    await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
    // Links are links, even now.
    await goTo(page, "Chatbots").click();
    await expect(page.getByRole("heading", { level: 1, name: "Chatbots" })).toBeVisible();
    await page.unroute(files);
    await page.getByRole("alert").getByRole("link", { name: "Reload" }).click();
    await alive(page);
    await expect(page.getByRole("alert")).toBeHidden();
  });
}
