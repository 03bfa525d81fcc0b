// The chat of a website: plain JavaScript, no wasm.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { Line } from "../support/line";
import { Widget } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer], [other, otherAnswer]] = KNOWLEDGE;

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`a visitor asks, is answered, and finds the chat again, ${theme}`, async ({ page, api }) => {
      const chatbot = await api.website("Rosa");
      await page.goto(`/widget/${chatbot.web_integration_id}`);
      const widget = new Widget(page);
      await expect(page).toHaveTitle("Rosa");
      await expectAccessible(page, `widget, empty, ${theme}`);
      await widget.write(question);
      await expect(widget.bubble(question)).toHaveCount(1);
      await expect(widget.bubble(answer)).toBeVisible();
      await expectAccessible(page, `widget, ${theme}`);
      await page.reload();
      await expect(widget.bubble(answer)).toBeVisible();
      await page.getByRole("textbox", { name: "Message" }).fill(other);
      await page.keyboard.press("Enter");
      await expect(widget.bubble(otherAnswer)).toBeVisible();
      await expect(widget.bubble(/./)).toHaveCount(4);
    });
  });
}

test("visitors do not see each other's chats", async ({ page, somebody, api, server }) => {
  const chatbot = await api.website("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  await new Widget(page).write(question);
  await expect(new Widget(page).bubble(answer)).toBeVisible();
  const stranger = new Widget(await (await somebody()).newPage());
  await stranger.page.goto(`${server.url}/widget/${chatbot.web_integration_id}`);
  await stranger.write(other);
  await expect(stranger.bubble(otherAnswer)).toBeVisible();
  await expect(stranger.bubble(/./)).toHaveCount(2);
});

test("a message that could not be sent offline is sent by a tap, once", async ({ page, context, api, watch }) => {
  watch.allow(/net::ERR_/);
  const chatbot = await api.website("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  await widget.write(other);
  await expect(widget.bubble(otherAnswer)).toBeVisible();
  await context.setOffline(true);
  await widget.write(question);
  await expect(widget.bubble(question)).toContainText("Not sent.");
  await context.setOffline(false);
  await widget.bubble(question).getByRole("button", { name: /Tap to try again/ }).click();
  await expect(widget.bubble(answer)).toBeVisible();
  await expect(widget.bubble(question)).toHaveCount(1);
  await expect(widget.bubble(question)).not.toContainText("Not sent.");
});

test("it stands in a frame of any site, and hostile text stays text", async ({ page, api, server }) => {
  const nasty = `<img src=x onerror="document.title='owned'">`;
  const chatbot = await api.website("Rosa", [[question, nasty]]);
  const answer = await page.request.get(`/widget/${chatbot.web_integration_id}`);
  expect(answer.headers()["content-security-policy"]).toContain("frame-ancestors *");
  const frame = `<!doctype html><title>A shop</title><link rel="icon" href="data:,"><iframe title="Chat" src="${server.url}/widget/${chatbot.web_integration_id}"></iframe>`;
  const shop = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(frame));
  await new Promise<void>((done) => shop.listen(0, "localhost", done));
  // For the browser, `localhost` and `127.0.0.1` are two sites.
  await page.goto(`http://localhost:${(shop.address() as AddressInfo).port}/`);
  const chat = page.frameLocator("iframe");
  await chat.getByRole("textbox", { name: "Message" }).fill(question);
  await chat.getByRole("button", { name: "Send" }).click();
  await expect(chat.getByRole("log").getByText(nasty)).toBeVisible();
  shop.closeAllConnections();
  shop.close();
});

test("a chat that is switched off says so, and goes on when it is on again", async ({ page, api, watch }) => {
  watch.allow(/status of 404/);
  const chatbot = await api.chatbot("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  await expect(page.getByRole("heading", { name: "This chat is closed" })).toBeVisible();
  await expectAccessible(page, "widget, closed");
  await api.openWebsite(chatbot);
  await page.reload();
  const widget = new Widget(page);
  await widget.write(question);
  await expect(widget.bubble(answer)).toBeVisible();
  await api.call("chatbots/set_website", { id: chatbot.id, active: false });
  await expect(page.getByRole("status")).toContainText("This chat is closed.");
  await widget.write(other);
  await expect(widget.bubble(other)).toContainText("This chat is closed.");
  await api.openWebsite(chatbot);
  await widget.bubble(other).getByRole("button", { name: /Tap to try again/ }).click();
  await expect(widget.bubble(otherAnswer)).toBeVisible();
  await expect(widget.bubble(/./)).toHaveCount(4);
});

test("a chat whose token has ended begins anew, and what was typed is not lost", async ({ page, api, watch }) => {
  watch.allow(/status of 401/);
  const chatbot = await api.website("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  await widget.write(question);
  await expect(widget.bubble(answer)).toBeVisible();
  await page.evaluate((key) => localStorage.setItem(key, "one.that.has.ended"), `parlance-visitor-${chatbot.web_integration_id}`);
  await widget.write(other);
  await expect(widget.bubble(otherAnswer)).toBeVisible();
  await expect(widget.bubble(/./)).toHaveCount(2);
});

test("quick messages arrive in their order", async ({ page, api }) => {
  const chatbot = await api.website("Rosa", []);
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  await widget.write("First.");
  await expect(widget.bubble("First.")).not.toHaveAttribute("data-state", /./);
  const line = await Line.hold(page, /widget\/v1\/messages$/);
  for (const text of ["Second.", "Third.", "Fourth."]) await widget.write(text);
  await expect(widget.bubble("Fourth.")).toBeVisible();
  await line.holds(1);
  await line.open();
  for (const text of ["Second.", "Third.", "Fourth."]) await expect(widget.bubble(text)).not.toHaveAttribute("data-state", /./);
  const said = line.asked.map((request) => request.postDataJSON().text);
  expect(said).toEqual(["Second.", "Third.", "Fourth."]);
});

test("another page of the website takes neither the draft nor what was on its way", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const chatbot = await api.website("Rosa");
  const field = page.getByRole("textbox", { name: "Message" });
  const widget = new Widget(page);
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  // The very first message, whose answer is lost: it has arrived.
  const lost = await Line.hold(page, /widget\/v1\/messages$/);
  await widget.write(question);
  await lost.holds(1);
  await lost.loseAnswers();
  await expect(widget.bubble(question)).toHaveAttribute("data-state", "failed");
  // The second is still on its way.
  await widget.write(other);
  await lost.holds(1);
  await field.fill("Half a thought");
  await page.unrouteAll();
  await page.reload();
  await expect(field).toHaveValue("Half a thought");
  // (What came quickly, one after the other, may have one answer.)
  await expect(widget.bubble(otherAnswer)).toHaveCount(1);
  for (const text of [question, other]) {
    await expect(widget.bubble(text)).toHaveCount(1);
    await expect(widget.bubble(text)).not.toHaveAttribute("data-state", /./);
  }
  await field.fill("");
  await page.reload();
  await expect(widget.bubble(otherAnswer)).toBeVisible();
  for (const text of [question, other]) await expect(widget.bubble(text)).toHaveCount(1);
  await expect(field).toHaveValue("");
});

test("what was not sent long ago waits for a tap", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const chatbot = await api.website("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  const line = await Line.hold(page, /widget\/v1\/messages$/);
  await widget.write(question);
  await line.holds(1);
  await line.cut();
  await expect(widget.bubble(question)).toHaveAttribute("data-state", "failed");
  await page.unrouteAll();
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  await page.reload();
  await widget.bubble(question).getByRole("button", { name: "Not sent. Tap to try again." }).click();
  await expect(widget.bubble(answer)).toBeVisible();
  await expect(widget.bubble(question)).toHaveCount(1);
});
