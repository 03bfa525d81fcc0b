// Pages that stay open while the line or the server goes away: nothing is missed, nobody has to reload.
import { KNOWLEDGE } from "../support/api";
import { Inbox, open, openSignedIn, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;
const LOST = "No connection. What you write stays here";

test("what was missed offline is there when the line is back, without a reload", async ({ page, context, api, watch }) => {
  watch.allow(/net::ERR_/);
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Hello?")).toBeVisible();
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await context.setOffline(true);
  await expect(page.getByText(LOST)).toBeVisible();
  await inbox.composer.fill("A draft that must stay");
  await api.answered(customer, question, answer);
  await expect(inbox.bubble(answer)).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText(LOST)).toBeHidden();
  await expect(inbox.bubble(question)).toBeVisible();
  await expect(inbox.bubble(answer)).toBeVisible();
  await expect(inbox.row("Ada Example")).toContainText(`Bot: ${answer}`);
  await expect(inbox.composer).toHaveValue("A draft that must stay");
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
});

test("an answer that could not be sent offline keeps its text, and is sent once", async ({ page, context, api, watch }) => {
  watch.allow(/net::ERR_/);
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await context.setOffline(true);
  await inbox.send("Only once, please");
  const refused = inbox.bubble("Only once, please");
  await expect(refused.getByRole("alert")).toContainText("Not sent. There is no connection.");
  await expect(inbox.composer).toHaveValue("");
  await context.setOffline(false);
  await refused.getByRole("button", { name: "Send again" }).click();
  await expect(refused.getByRole("alert")).toHaveCount(0);
  await expect(inbox.bubble("Only once, please")).toHaveCount(1);
  await expect(inbox.composer).toHaveValue("");
  await expect(inbox.thread.getByRole("alert")).toHaveCount(0);
  expect((await api.messages(row)).filter((m) => m.content.text === "Only once, please")).toHaveLength(1);
});

test("the server may restart under an open inbox and an open chat", async ({ page, somebody, api, server, watch }) => {
  test.slow();
  watch.allow(/net::ERR_/);
  const { customer, chatbot } = await api.shop();
  const row = await api.converse(customer, "Before");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await api.openWebsite(chatbot);
  const widget = new Widget(await (await somebody()).newPage());
  await widget.page.goto(`${server.url}/widget/${chatbot.web_integration_id}`);
  await widget.write(question);
  await expect(widget.bubble(answer)).toBeVisible();
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  await server.down();
  await expect(page.getByText(LOST)).toBeVisible();
  await server.up();
  await expect(page.getByText(LOST)).toBeHidden();
  await api.write(customer, "After");
  await expect(inbox.bubble("After")).toBeVisible();
  await widget.write("Still there?");
  await expect(inbox.row("Website visitor")).toBeVisible();
  await inbox.choose("Website visitor");
  await inbox.send("Yes, still here.");
  await expect(widget.bubble("Yes, still here.")).toBeVisible();
  await expect(widget.bubble(answer)).toHaveCount(1);
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
});

test("two people see the same, and a page that is left open changes by itself", async ({ page, somebody, api, server }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Who helps me?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const colleague = new Inbox(await (await somebody({ baseURL: server.url })).newPage());
  await openSignedIn(colleague.page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.send("I do.");
  await expect(colleague.bubble("I do.")).toBeVisible();
  await expect(colleague.thread.getByRole("button", { name: "Give back to the bot" })).toBeVisible();
  await open(page, "/chatbots");
  await expect(page.getByRole("list", { name: "Chatbots" }).getByRole("listitem")).toHaveCount(1);
  await api.chatbot("Second", []);
  await expect(page.getByRole("list", { name: "Chatbots" }).getByRole("link", { name: /Second/ })).toBeVisible();
});
