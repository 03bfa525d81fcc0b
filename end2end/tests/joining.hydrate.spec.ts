// What is shown is joined with what came while the page could not hear: nothing may be missing in between, unless it says so.
import type { Locator, Page } from "@playwright/test";
import type { Api } from "../support/api";
import { conversations, crowd, from, listed, thread } from "../support/crowd";
import { alive, Inbox, openSignedIn, signIn, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const LOST = "No connection. What you write stays here";

test.use({ meta: true });

/** The numbers in “Number 7.” and the like, in the order in which they are shown. */
async function numbers(list: Locator, word: string): Promise<number[]> {
  const texts = await list.locator("li").allTextContents();
  return texts.flatMap((text) => [...text.matchAll(new RegExp(`${word} (\\d+)\\.`, "g"))].slice(0, 1).map((m) => Number(m[1])));
}

/** The customers' numbers in the order of the list. */
const order = async (api: Api) => (await listed(api)).map((row) => Number(row.name.match(/\d+/)?.[0]));

async function offline(page: Page, meanwhile: () => Promise<unknown>): Promise<void> {
  await page.context().setOffline(true);
  await expect(page.getByText(LOST)).toBeVisible();
  await meanwhile();
  await page.context().setOffline(false);
  await expect(page.getByText(LOST)).toBeHidden();
}

test("more messages than a page holds come while the line is cut, and none is missing afterwards", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const people = await crowd(api);
  const row = await thread(api, people, 30);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Number 30.")).toBeInViewport();
  await offline(page, async () => {
    await people.say(from(31, 150).map((n) => ({ ...people.customer(1), text: `Number ${n}.` })));
    await api.conversation("Customer 1.", "Number 150.");
  });
  await expect(inbox.bubble("Number 150.")).toBeInViewport();
  await expect.poll(() => numbers(inbox.log, "Number")).toEqual(from(1, 150));
  await expect(inbox.log.getByRole("button")).toHaveCount(0);
});

test("a gap too long to be filled at once is shown where it is, and does not move what is being read", async ({ page, api, watch }) => {
  test.slow();
  watch.allow(/net::ERR_/);
  const people = await crowd(api);
  const row = await thread(api, people, 40);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Number 40.")).toBeInViewport();
  await inbox.bubble("Number 3.").scrollIntoViewIfNeeded();
  await expect(inbox.bubble("Number 40.")).not.toBeInViewport();
  await offline(page, async () => {
    await people.say(from(41, 500).map((n) => ({ ...people.customer(1), text: `Number ${n}.` })));
    await api.conversation("Customer 1.", "Number 500.");
  });
  const hole = inbox.log.getByRole("button", { name: "Load the messages in between" });
  await expect(hole).toBeVisible();
  await expect(inbox.bubble("Number 3.")).toBeInViewport();
  await expect(hole).not.toHaveAttribute("aria-busy", "true");
  // What is shown has the hole where the button stands, and nowhere else.
  const before = await numbers(inbox.log, "Number");
  const jumps = before.filter((n, at) => at > 0 && n !== (before[at - 1] ?? 0) + 1);
  expect(jumps).toHaveLength(1);
  expect(before.at(-1)).toBe(500);
  while (await hole.isVisible()) {
    const shown = (await numbers(inbox.log, "Number")).length;
    await hole.click();
    await expect.poll(async () => (await numbers(inbox.log, "Number")).length).toBeGreaterThan(shown);
  }
  await expect.poll(() => numbers(inbox.log, "Number")).toEqual(from(1, 500));
});

test("the list has no hole after more conversations than a page holds have changed", async ({ page, api, watch }) => {
  test.slow();
  watch.allow(/net::ERR_/);
  const people = await crowd(api);
  await conversations(api, people, from(1, 60));
  await openSignedIn(page, "/inbox");
  const list = page.getByRole("list", { name: "Conversations" });
  const more = page.getByRole("button", { name: "Load more" });
  await more.click();
  await expect(list.getByRole("listitem")).toHaveCount(60);
  expect(await numbers(list, "Customer")).toEqual(await order(api));
  await offline(page, () => conversations(api, people, from(61, 120)));
  const all = await order(api);
  await expect.poll(() => numbers(list, "Customer").then((shown) => shown.slice(0, 60))).toEqual(all.slice(0, 60));
  const shown = await numbers(list, "Customer");
  expect(shown).toEqual(all.slice(0, shown.length));
  while ((await list.getByRole("listitem").count()) < 120) {
    const count = await list.getByRole("listitem").count();
    await more.click();
    await expect.poll(() => list.getByRole("listitem").count()).toBeGreaterThan(count);
  }
  expect(await numbers(list, "Customer")).toEqual(all);
  await expect(more).toBeHidden();
});

test("a row far down the list changes and leaves it, as one at the top does", async ({ page, api }) => {
  const people = await crowd(api);
  await conversations(api, people, from(1, 55));
  const [row, neighbour] = (await listed(api)).slice(-3);
  if (!row || !neighbour) throw new Error("There are too few conversations");
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(inbox.row(row.name)).toContainText("unread");
  await api.call("conversations/mark_read", { id: row.id });
  await expect(inbox.row(row.name)).not.toContainText("unread");
  await api.call("conversations/set_status", { id: row.id, status: "resolved" });
  await expect(inbox.row(row.name)).toHaveCount(0);
  await expect(inbox.row(neighbour.name)).toHaveCount(1);
});

test("what comes while the program is still on its way is there when it has come", async ({ page, api }) => {
  const people = await crowd(api);
  const row = await thread(api, people, 3);
  await signIn(page);
  let go = () => {};
  const held = new Promise<void>((done) => (go = done));
  await page.route(/parlance\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/inbox/${row.id}`, { waitUntil: "commit" });
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Number 3.")).toBeVisible();
  await people.say([{ ...people.customer(1), text: "Number 4." }, { ...people.customer(2), text: "Number 1." }]);
  await api.conversation("Customer 2.", "Number 1.");
  go();
  await alive(page);
  await expect(inbox.bubble("Number 4.")).toBeVisible();
  await expect(inbox.row("Customer 2.")).toBeVisible();
});

test("the website chat misses nothing that was said while the line was cut", async ({ somebody, api, server, watch }) => {
  watch.allow(/net::ERR_/);
  const bot = await api.website("Rosa");
  const context = await somebody();
  const widget = new Widget(await context.newPage());
  await widget.page.goto(`${server.url}/widget/${bot.web_integration_id}`);
  await widget.write("Anybody there?");
  const row = await api.conversation("Website visitor", "Anybody there?");
  await api.call("messages/send", { conversation_id: row.id, text: "Number 1." });
  await expect(widget.bubble("Number 1.")).toBeVisible();
  await context.setOffline(true);
  await expect(widget.page.getByText("No connection. Trying again…")).toBeVisible();
  for (const n of from(2, 215)) await api.call("messages/send", { conversation_id: row.id, text: `Number ${n}.` });
  await context.setOffline(false);
  await expect.poll(() => numbers(widget.log, "Number")).toEqual(from(1, 215));
});
