// Two people side by side: each is told who answers by name, and their own acts as "You".
import { KNOWLEDGE } from "../support/api";
import { Inbox, notice, openSignedIn } from "../support/pages";
import type { Server } from "../support/server";
import { expect, test } from "../support/test";
import type { BrowserContext, Route } from "@playwright/test";

const [[question, answer]] = KNOWLEDGE;

type Somebody = (options?: object) => Promise<BrowserContext>;

/** Nina and Bo, each with the conversation open. */
async function both(server: Server, somebody: Somebody, id: string): Promise<[Inbox, Inbox]> {
  const people = [await server.addUser("Nina Night", "nina@shop.example", "agent"), await server.addUser("Bo Brook", "bo@shop.example", "agent")];
  const inboxes: Inbox[] = [];
  for (const who of people) {
    const page = await (await somebody({ baseURL: server.url })).newPage();
    await openSignedIn(page, `/inbox/${id}`, who);
    inboxes.push(new Inbox(page));
  }
  return inboxes as [Inbox, Inbox];
}

test("each is told who answers: oneself as You, the other by name", async ({ server, api, somebody }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  const [nina, bo] = await both(server, somebody, row.id);
  await nina.thread.getByRole("button", { name: "Take over" }).click();
  await expect(nina.thread).toContainText("You are answering; the bot is silent.");
  await expect(nina.log).toContainText("You took over the conversation");
  await expect(bo.log).toContainText("Nina Night took over the conversation");
  await expect(bo.thread).toContainText("Nina Night is answering; the bot is silent. Your message takes over.");
  await expect(bo.thread.getByText("Nina Night answers", { exact: true })).toBeVisible();
  await expect(bo.row("Ada Example").getByTitle("Nina Night answers")).toBeVisible();
  await expect(bo.page.getByText(/You (are answering|answer|took)/)).toHaveCount(0);

  await nina.send("Nina speaking.");
  await expect(nina.row("Ada Example")).toContainText("You: Nina speaking.");
  await expect(bo.row("Ada Example")).toContainText("Nina Night: Nina speaking.");
  await expect(bo.bubble("Nina speaking.")).toContainText("Nina Night");
  await expect(nina.bubble("Nina speaking.")).toContainText("You");

  await bo.send("And Bo.");
  await expect(bo.thread).toContainText("You are answering; the bot is silent.");
  await expect(nina.thread).toContainText("Bo Brook is answering; the bot is silent. Your message takes over.");
  await expect(nina.thread).not.toContainText("You are answering");
});

test("whoever presses second is told that the other was faster", async ({ server, api, somebody }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  const [nina, bo] = await both(server, somebody, row.id);
  // Bo's page has not heard of Nina yet.
  let held: Route[] | undefined = [];
  await bo.page.route("**/api/v1/conversations/get", async (route) => {
    if (held) held.push(route);
    else await route.continue();
  });
  await nina.thread.getByRole("button", { name: "Take over" }).click();
  await expect(notice(nina.page, "You are answering. The bot is silent.")).toBeVisible();
  await bo.thread.getByRole("button", { name: "Take over" }).click();
  await expect(notice(bo.page, "Nina Night is answering; the bot is silent.")).toBeVisible();
  const told = held;
  held = undefined;
  await Promise.all(told.map((route) => route.continue()));
  await expect(bo.thread.getByText("Nina Night answers", { exact: true })).toBeVisible();
});

test("what one writes oneself is no new message below", async ({ server, api, somebody }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  for (let n = 0; n < 30; n += 1) await api.call("messages/send", { conversation_id: row.id, text: `Line ${n}` });
  const [nina, bo] = await both(server, somebody, row.id);
  await expect(nina.bubble("Line 29")).toBeInViewport();
  // Another window of hers, so that nothing else moves the thread.
  const second = await nina.page.context().newPage();
  await openSignedIn(second, `/inbox/${row.id}`, { name: "", email: "nina@shop.example", password: "ten green bottles" });
  for (const inbox of [nina, bo]) {
    await inbox.log.evaluate((log) => {
      log.scrollTop = 0;
      log.dispatchEvent(new Event("scroll"));
    });
  }
  await new Inbox(second).send("From the other window");
  await expect(bo.page.getByRole("button", { name: "1 new message" })).toBeVisible();
  await expect(nina.bubble("From the other window")).toHaveCount(1);
  await expect(nina.page.getByRole("button", { name: /new message/ })).toHaveCount(0);
});

test("a channel that sends nothing shows no bot that answers and no time that is left", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.thread).toContainText("Bot answers");
  await expect(inbox.thread).toContainText("Free text for another");
  await api.call("integrations/whatsapp/set_active", { id: shop.integration.id, active: false });
  await expect(inbox.composer).toBeDisabled();
  await expect(inbox.thread).toContainText("Nothing is sent");
  await expect(inbox.thread).not.toContainText(/Bot answers|bot is answering|Free text for another/);
  await expect(inbox.details).not.toContainText("Free text until");
  await inbox.thread.getByRole("button", { name: "Take over" }).click();
  await expect(notice(page, /Nothing is sent here now/)).toBeVisible();
  await api.call("integrations/whatsapp/delete", { id: shop.integration.id, conversations: "keep" });
  await expect(inbox.thread).toContainText("This conversation is history.");
  await expect(inbox.thread).toContainText("Nothing is sent");
  await expect(inbox.thread.getByRole("button", { name: /Take over|Give back/ })).toHaveCount(0);
});
