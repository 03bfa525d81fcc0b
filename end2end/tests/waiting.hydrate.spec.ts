// Customers who wait for a person: people see it, and are told while they look elsewhere.
import type { BrowserContext, Page } from "@playwright/test";
import type { Api, Customer, Row } from "../support/api";
import { Inbox, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

/** A conversation that people have, in which nobody waits. */
async function taken(api: Api, customer: Customer): Promise<Row> {
  const row = await api.converse(customer, "Good morning");
  await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  await api.call("messages/send", { conversation_id: row.id, text: "Good morning, this is Olivia." });
  return row;
}

/** Notes what the pages of a context show and ask for, and how many streams they hold; lets a test hide them. */
async function listenIn(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const seen = { asked: 0, shown: [] as object[], streams: [] as EventSource[], hidden: false, tones: 0 };
    Object.assign(window, { seen });
    window.Notification = new Proxy(Notification, {
      construct(target, [title, options]) {
        const shown = new target(title, options);
        seen.shown.push({ title, ...options, click: () => shown.onclick?.(new Event("click")) });
        return shown;
      },
      get(target, name) {
        if (name === "requestPermission") seen.asked += 1;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    window.EventSource = new Proxy(EventSource, {
      construct(target, args) {
        const stream = new target(...(args as [string]));
        if (String(args[0]).startsWith("/api/v1/events")) seen.streams.push(stream);
        return stream;
      },
    });
    window.AudioContext = new Proxy(AudioContext, {
      construct(target) {
        seen.tones += 1;
        return new target();
      },
    });
    Object.defineProperty(Document.prototype, "hidden", { get: () => seen.hidden });
    Document.prototype.hasFocus = () => !seen.hidden;
  });
}

declare const seen: {
  asked: number;
  shown: { title: string; body: string; tag: string; click: () => void }[];
  streams: EventSource[];
  hidden: boolean;
  tones: number;
};

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    seen.hidden = hidden;
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);
}

const shown = (page: Page) => page.evaluate(() => seen.shown.map(({ title, body, tag }) => ({ title, body, tag })));
const streams = (page: Page) => page.evaluate(() => seen.streams.filter((s) => s.readyState !== 2).length);

test("who waits shows in title, filter and row, and no longer when a colleague has answered", async ({ page, somebody, api, server }) => {
  const shop = await api.shop();
  const other = await api.customer(shop, "Bela Example");
  await api.converse(other, "I only wanted to say hello");
  const row = await taken(api, shop.customer);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await expect(inbox.row("Ada Example")).toContainText("this is Olivia");
  await expect(page).toHaveTitle("Inbox · Parlance");
  const unanswered = page.getByRole("link", { name: /^Unanswered/ });
  await expect(unanswered).toHaveText("Unanswered");

  await api.write(shop.customer, "Is anybody there?");
  await expect(page).toHaveTitle("(1) Inbox · Parlance");
  await expect(unanswered).toHaveText("Unanswered1");
  await expect(inbox.row("Ada Example")).toContainText("Is anybody there?");
  await expect(inbox.row("Ada Example")).toContainText(/Waiting for a person: now/);
  await unanswered.click();
  await expect(page).toHaveURL(/status=unanswered/);
  await expect(inbox.row(/Example/)).toHaveCount(1);
  await page.getByRole("link", { name: "Chatbots" }).click();
  await expect(page).toHaveTitle("(1) Chatbots · Parlance");
  await page.goBack();
  await expect(unanswered).toHaveAttribute("aria-current", "true");

  const colleague = new Inbox(await (await somebody({ baseURL: server.url })).newPage());
  await openSignedIn(colleague.page, `/inbox/${row.id}`);
  await colleague.send("I am.");
  await expect(colleague.page).toHaveTitle("Inbox · Parlance");
  await expect(page).toHaveTitle("Inbox · Parlance");
  await expect(page.getByText("Nobody waits")).toBeVisible();
  await expect(inbox.row(/Example/)).toHaveCount(0);
});

test("a hidden page tells of each customer once, without their words, and a click opens the conversation", async ({ page, context, api }) => {
  await context.grantPermissions(["notifications"]);
  await listenIn(context);
  const shop = await api.shop();
  const row = await taken(api, shop.customer);
  await openSignedIn(page, "/inbox");
  await page.getByRole("button", { name: "Alerts" }).click();
  const choices = page.getByRole("group", { name: "When a customer waits for a person" });
  await expect(choices.getByRole("checkbox", { name: "With what the customer wrote" })).toBeDisabled();
  expect(await page.evaluate(() => seen.asked), "asked before anybody clicked").toBe(0);
  await choices.getByRole("checkbox", { name: "A notification" }).check();
  await choices.getByRole("checkbox", { name: "A sound" }).check();
  expect(await page.evaluate(() => [seen.asked, seen.tones]), "asked once, and one sound to try").toEqual([1, 1]);
  await page.keyboard.press("Escape");
  await expect(choices).toBeHidden();

  // Who looks at the page sees it there.
  await api.write(shop.customer, "My secret question");
  await expect(page).toHaveTitle(/^\(1\)/);
  await api.call("messages/send", { conversation_id: row.id, text: "Here I am." });
  await expect(page).toHaveTitle(/^Inbox/);
  expect(await shown(page)).toEqual([]);

  await hide(page, true);
  await api.write(shop.customer, "My secret question again");
  await expect.poll(() => shown(page)).toEqual([
    { title: "Ada Example waits for an answer", body: "Click to open the conversation.", tag: row.id },
  ]);
  await expect(page).toHaveTitle(/^\(1\)/);
  await api.write(shop.customer, "Hello?");
  const other = await api.customer(shop, "Bela Example");
  const theirs = await taken(api, other);
  await api.write(other, "Me too");
  await expect.poll(async () => (await shown(page)).map((n) => n.tag), "each once").toEqual([row.id, theirs.id]);
  expect(await page.evaluate(() => seen.tones)).toBe(3);
  await page.evaluate(() => seen.shown[0].click());
  await expect(page).toHaveURL(new RegExp(row.id));

  // What was chosen is kept in this browser, and what was told is not told again.
  await hide(page, false);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Hello?")).toBeVisible();
  await page.reload();
  await expect(page).toHaveTitle(/^\(2\)/);
  await page.getByRole("button", { name: "Alerts" }).click();
  await expect(choices.getByRole("checkbox", { name: "A notification" })).toBeChecked();
  await choices.getByRole("checkbox", { name: "With what the customer wrote" }).check();
  await hide(page, true);
  await api.call("messages/send", { conversation_id: row.id, text: "Here I am." });
  await expect(page).toHaveTitle(/^\(1\)/);
  await api.write(shop.customer, "Is it you?");
  await expect.poll(() => shown(page)).toEqual([{ title: "Ada Example waits for an answer", body: "Is it you?", tag: row.id }]);
});

test("a click on a notification asks before something is lost that was typed", async ({ page, context, api }) => {
  await context.grantPermissions(["notifications"]);
  await listenIn(context);
  const shop = await api.shop();
  const row = await taken(api, shop.customer);
  await openSignedIn(page, "/inbox");
  await page.getByRole("button", { name: "Alerts" }).click();
  await page.getByRole("checkbox", { name: "A notification" }).check();
  await open(page, `/chatbots/${shop.chatbot.id}`);
  const greeting = page.getByLabel("Greeting");
  await greeting.fill("Half a thought");
  await hide(page, true);
  await api.write(shop.customer, "Is anybody there?");
  await expect.poll(async () => (await shown(page)).map((n) => n.tag)).toEqual([row.id]);
  await hide(page, false);
  const question = page.getByRole("dialog", { name: "Discard what you entered?" });
  await page.evaluate(() => seen.shown[0].click());
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(greeting).toHaveValue("Half a thought");
  await hide(page, true);
  const other = await api.customer(shop, "Bela Example");
  const theirs = await taken(api, other);
  await api.write(other, "Me too");
  await expect.poll(async () => (await shown(page)).map((n) => n.tag)).toEqual([row.id, theirs.id]);
  await hide(page, false);
  await page.evaluate(() => seen.shown[1].click());
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(page).toHaveURL(new RegExp(theirs.id));
});

test("a browser that blocks notifications says so, and what to do", async ({ page, context, api }) => {
  await context.addInitScript(() => {
    Notification.requestPermission = async () => "denied";
  });
  await api.shop();
  await openSignedIn(page, "/inbox");
  await page.getByRole("button", { name: "Alerts" }).click();
  const notification = page.getByRole("checkbox", { name: "A notification" });
  await notification.click();
  await expect(page.getByText("The browser blocks notifications of this page. Allow them in its settings")).toBeVisible();
  await expect(notification).not.toBeChecked();
});

test("of several hidden tabs one hears for all, and another when that one goes", async ({ page, context, api }) => {
  await context.grantPermissions(["notifications"]);
  await listenIn(context);
  const shop = await api.shop();
  const row = await taken(api, shop.customer);
  await openSignedIn(page, "/inbox");
  await page.getByRole("button", { name: "Alerts" }).click();
  await page.getByRole("checkbox", { name: "A notification" }).check();
  const tabs = [page];
  for (let n = 0; n < 2; n += 1) {
    const tab = await context.newPage();
    await open(tab, "/inbox");
    tabs.push(tab);
  }
  for (const tab of tabs) await hide(tab, true);
  const open_streams = async () => Promise.all(tabs.map(streams));
  await expect.poll(open_streams).toEqual([1, 0, 0]);
  await api.write(shop.customer, "Is anybody there?");
  for (const tab of tabs) await expect(tab).toHaveTitle("(1) Inbox · Parlance");
  await expect.poll(async () => (await Promise.all(tabs.map(shown))).flat().map((n) => n.tag)).toEqual([row.id]);
  await hide(page, false);
  await expect.poll(open_streams).toEqual([1, 1, 0]);
  await tabs[1].close();
  tabs.splice(1, 1);
  await expect.poll(open_streams).toEqual([1, 1]);
  // Whoever looks again finds everything as it is now.
  await api.call("messages/send", { conversation_id: row.id, text: "I am here." });
  await hide(tabs[1], false);
  await expect(new Inbox(tabs[1]).row("Ada Example")).toContainText("I am here.");
});

test("after a long sleep the page opens another stream and catches up", async ({ page, context, api }) => {
  await listenIn(context);
  const shop = await api.shop();
  await taken(api, shop.customer);
  await openSignedIn(page, "/inbox");
  await expect.poll(() => streams(page)).toBe(1);
  await hide(page, true);
  // The line died with the sleep, and nobody was told: the stream looks open, and nothing comes.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
    for (const stream of seen.streams) stream.onmessage = null;
  });
  await api.write(shop.customer, "Slept well?");
  await hide(page, false);
  await expect.poll(() => page.evaluate(() => seen.streams.map((s) => s.readyState === 2))).toEqual([true, false]);
  await expect(new Inbox(page).row("Ada Example")).toContainText("Slept well?");
  await expect(page).toHaveTitle(/^\(1\)/);
});

test("resolving gives the conversation back to the bot, and the thread says so", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await taken(api, shop.customer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.thread.getByRole("button", { name: "Resolve" }).click();
  await expect(inbox.log).toContainText("You resolved the conversation. The bot answers again.");
  await expect(inbox.thread.getByRole("button", { name: "Take over" })).toBeVisible();
});

test("when conversations go back to the bot is set on its page", async ({ page, api }) => {
  const { chatbot } = await api.shop();
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const idle = page.getByRole("combobox", { name: /go back to it/ });
  await expect(idle).toHaveValue("720");
  await idle.selectOption("After 4 hours");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await api.call<{ idle_minutes: number }>("chatbots/get", { id: chatbot.id })).idle_minutes).toBe(240);
  await api.call("chatbots/update", { id: chatbot.id, idle_minutes: 45 });
  await page.reload();
  await expect(idle).toHaveValue("45");
  await expect(idle).toContainText("After 45 minutes");
});
