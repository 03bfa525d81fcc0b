// What happens costs the same, however much is loaded: it touches what it is about and nothing else.
import type { Locator } from "@playwright/test";
import { KNOWLEDGE } from "../support/api";
import { conversations, crowd, from } from "../support/crowd";
import { Inbox, open, openSignedIn, Phone } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;

/** Notes every change below an element from now on: its kind, and the words of the row that it is in. */
async function note(list: Locator): Promise<() => Promise<string[]>> {
  await list.evaluate((element) => {
    const changes: string[] = [];
    Object.assign(window, { changes });
    new MutationObserver((records) => {
      for (const { type, target, addedNodes, removedNodes } of records) {
        const row = (target instanceof Element ? target : target.parentElement)?.closest("li");
        const rows = [...addedNodes, ...removedNodes].map((node) => node.textContent?.trim()).filter(Boolean);
        if (row) changes.push(`${type} in ${row.textContent}`);
        else if (rows.length) changes.push(`${addedNodes.length ? "added" : "removed"} ${rows.join()}`);
      }
    }).observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return () => list.evaluate(() => (window as unknown as { changes: string[] }).changes);
}

test.describe("with many conversations", () => {
  test.use({ meta: true });

  test("a message changes the row that it is in and moves no other", async ({ page, api }) => {
    const people = await crowd(api);
    await conversations(api, people, from(1, 60));
    await openSignedIn(page, "/inbox");
    const inbox = new Inbox(page);
    await page.getByRole("button", { name: "Load more" }).click();
    await expect(inbox.row(/./)).toHaveCount(60);
    const list = page.getByRole("list", { name: "Conversations" });
    await list.evaluate((l) => [...l.children].forEach((row) => Object.assign(row, { stayed: true })));
    const changes = await note(list);
    await people.say([{ ...people.customer(5), text: "It is me again." }]);
    await expect(list.getByRole("listitem").first()).toContainText("It is me again.");
    await people.say([{ ...people.customer(5), text: "And again." }]);
    await expect(list.getByRole("listitem").first()).toContainText("And again.");
    for (const change of await changes()) expect(change).toContain("Customer 5.");
    // One row jumped; the others are the elements that they were.
    const stayed = await list.evaluate((l) => [...l.children].filter((row) => "stayed" in row).length);
    expect(stayed).toBe(59);
    // Once at the top it changes where it stands.
    expect((await changes()).filter((change) => /^(added|removed)/.test(change))).toHaveLength(2);
  });

  test("opening another conversation changes two rows", async ({ page, api }) => {
    const people = await crowd(api);
    await conversations(api, people, from(1, 30));
    const rows = await api.rows();
    for (const row of rows) await api.call("conversations/mark_read", { id: row.id });
    const [one, other] = rows.slice(3);
    if (!one || !other) throw new Error("There are too few conversations");
    await openSignedIn(page, `/inbox/${one.id}`);
    const inbox = new Inbox(page);
    await expect(inbox.bubble(one.preview)).toBeVisible();
    const changes = await note(page.getByRole("list", { name: "Conversations" }));
    await inbox.choose(other.name);
    await expect(inbox.bubble(other.preview)).toBeVisible();
    const touched = new Set((await changes()).map((change) => change.match(/Customer \d+\./)?.[0]));
    expect([...touched].sort()).toEqual([one.name, other.name].sort());
  });
});

test("a tick changes the tick: the bubble stays, and so does what is selected in it", async ({ page, context, api }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.send("Select this, please.");
  const bubble = inbox.bubble("Select this, please.");
  await expect(bubble).toHaveAttribute("data-state", "delivered");
  await bubble.evaluate((b) => {
    const text = b.querySelector(".bubble__text") as Element;
    getSelection()?.selectAllChildren(text);
    Object.assign(b, { stayed: true });
  });
  const changes = await note(inbox.log);
  // The customer looks at it.
  const phone = new Phone(await context.newPage());
  await open(phone.page, "/sandbox");
  await expect(bubble).toHaveAttribute("data-state", "read");
  expect(await page.evaluate(() => getSelection()?.toString())).toBe("Select this, please.");
  expect(await bubble.evaluate((b) => "stayed" in b)).toBe(true);
  // New lines are read out, nothing else: and none was put in or taken away.
  await expect(inbox.log).toHaveAttribute("aria-relevant", "additions");
  expect((await changes()).filter((change) => /^(childList|added|removed)/.test(change))).toEqual([]);
});

test("a conversation that is opened is asked for once, and icons never", async ({ page, api }) => {
  const shop = await api.shop();
  // Nothing more happens to them.
  await api.answered(shop.customer, question, answer, /delivered/);
  const other = await api.customer(shop, "Bea Example");
  await api.answered(other, question, answer, /delivered/);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await expect(inbox.row("Ada Example")).toContainText("unread");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.replace("/api/v1/", "")));
  await inbox.choose("Ada Example");
  await expect(inbox.bubble(answer)).toBeVisible();
  await expect(inbox.row("Ada Example")).not.toContainText("unread");
  // The next change is told in order: whatever followed the first has been asked for by then.
  await inbox.choose("Bea Example");
  await expect(inbox.row("Bea Example")).not.toContainText("unread");
  expect(asked.filter((path) => path === "conversations/get")).toHaveLength(2);
  expect(asked.filter((path) => path === "messages/list")).toHaveLength(2);
  expect(asked.filter((path) => path.includes("icons"))).toEqual([]);
});

test("icons are there without a line", async ({ page, context, api, watch }) => {
  watch.allow(/net::ERR_/);
  const { customer } = await api.shop();
  await api.answered(customer, question, answer);
  await openSignedIn(page, "/inbox");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Account" }).click();
  const drawn = page.getByRole("group", { name: "Account" }).locator("svg.icon use").first();
  expect(await drawn.evaluate((use: SVGUseElement) => use.getBBox().width)).toBeGreaterThan(0);
});
