import type { Page } from "@playwright/test";
// What becomes of a message between Enter and the thread: on slow, broken and lost lines, over switches and reloads.
import type { Api, Row } from "../support/api";
import { Line, slow } from "../support/line";
import { alive, Inbox, openSignedIn, Phone } from "../support/pages";
import { expect, test } from "../support/test";

const SEND = "**/api/v1/messages/send";

/** Two conversations that a person answers. */
async function two(api: Api): Promise<[ada: Row, bob: Row]> {
  const shop = await api.shop();
  const ada = await api.converse(shop.customer, "Hello from Ada");
  const bob = await api.converse(await api.customer(shop, "Bob Newer"), "Hello from Bob");
  for (const row of [ada, bob]) await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  return [ada, bob];
}

/** What people have written in a conversation, in its order. */
async function written(api: Api, row: Row): Promise<string[]> {
  return (await api.messages(row)).filter((m) => m.author === "user").map((m) => m.content.text);
}

test("three quick messages on a slow line: bubbles at once, all of them, once and in order", async ({ page, api }) => {
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Hello from Ada")).toBeVisible();
  await slow(page);
  const line = await Line.hold(page, SEND);
  await inbox.composer.focus();
  for (const text of ["First", "Second", "Third"]) {
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
    await expect(inbox.composer).toHaveValue("");
    await expect(inbox.bubble(text)).toBeInViewport();
  }
  await expect(inbox.bubble("First")).toContainText("Sending…");
  // One after the other: a line does not keep order by itself.
  await line.holds(1);
  await line.open();
  await expect.poll(() => written(api, ada)).toEqual(["First", "Second", "Third"]);
  for (const text of ["First", "Second", "Third"]) await expect(inbox.bubble(text)).toHaveCount(1);
  await expect(inbox.log.getByRole("list", { name: "Being sent" })).toHaveCount(0);
  await expect(inbox.composer).toHaveValue("");
  expect(line.asked).toHaveLength(3);
});

test("a message that is on its way stays with its conversation, whichever is open, and leaves the composer for good", async ({ page, api }) => {
  const [ada, bob] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("For Ada alone");
  await line.holds(1);
  await inbox.choose("Bob Newer");
  await expect(inbox.bubble("Hello from Bob")).toBeVisible();
  await expect(inbox.bubble("For Ada alone")).toHaveCount(0);
  await expect(inbox.composer).toHaveValue("");
  await inbox.composer.fill("A draft for Bob");
  await inbox.choose("Ada Example");
  await expect(inbox.bubble("For Ada alone")).toHaveCount(1);
  await expect(inbox.composer).toHaveValue("");
  await inbox.composer.press("Enter");
  await inbox.choose("Bob Newer");
  await line.open();
  await expect.poll(() => written(api, ada)).toEqual(["For Ada alone"]);
  await expect(inbox.composer).toHaveValue("A draft for Bob");
  await inbox.choose("Ada Example");
  await expect(inbox.bubble("For Ada alone")).toHaveCount(1);
  await expect(inbox.composer).toHaveValue("");
  expect(await written(api, bob)).toEqual([]);
});

test("what fails while another conversation is open is told, marked in the list, and sent again once", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const [ada, bob] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("Will this arrive?");
  await inbox.send("And this?");
  await line.holds(1);
  await inbox.choose("Bob Newer");
  await expect(inbox.bubble("Hello from Bob")).toBeVisible();
  await line.cut();
  await expect(page.getByRole("status", { name: "Notices" })).toContainText("Your message to Ada Example was not sent.");
  await expect(inbox.row("Ada Example")).toContainText("Not sent");
  await expect(inbox.row("Bob Newer")).not.toContainText("Not sent");
  // Bob's conversation goes on meanwhile.
  await inbox.send("Hello Bob");
  await line.holds(1);
  await line.one();
  await expect.poll(() => written(api, bob)).toEqual(["Hello Bob"]);
  await inbox.choose("Ada Example");
  const failed = inbox.bubble("Will this arrive?");
  await expect(failed.getByRole("alert")).toContainText("Not sent. The server cannot be reached.");
  await expect(inbox.bubble("And this?")).toContainText("It waits for the message above.");
  await expect(inbox.composer).toHaveValue("");
  await line.open();
  await failed.getByRole("button", { name: "Send again" }).click();
  await expect.poll(() => written(api, ada)).toEqual(["Will this arrive?", "And this?"]);
  await expect(inbox.bubble("Will this arrive?")).toHaveCount(1);
  await expect(inbox.log.getByRole("alert")).toHaveCount(0);
  await expect(inbox.row("Ada Example")).not.toContainText("Not sent");
});

test("an answer that is lost on its way back is no second message", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("Only once, please");
  await line.holds(1);
  await line.loseAnswers();
  // The thread has it: so it did arrive.
  await expect.poll(() => written(api, ada)).toEqual(["Only once, please"]);
  await expect(inbox.bubble("Only once, please")).toHaveCount(1);
  await expect(inbox.log.getByRole("alert")).toHaveCount(0);
  await expect(inbox.composer).toHaveValue("");
  await line.open();
  await inbox.send("The next");
  await expect.poll(() => written(api, ada)).toEqual(["Only once, please", "The next"]);
});

test("what the server refuses stays, with the reason, and goes back into the composer before what was written since", async ({ page, api, watch }) => {
  watch.allow(/status of 409/);
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("Too late for free text");
  await line.holds(1);
  await inbox.composer.fill("Written since");
  await line.refuse(409, { code: "conflict", message: "The 24 hours are over.", action: "Wait until the customer writes." });
  const failed = inbox.bubble("Too late for free text");
  await expect(failed.getByRole("alert")).toContainText("Not sent. The 24 hours are over. Wait until the customer writes.");
  await expect(inbox.composer).toHaveValue("Written since");
  await failed.getByRole("button", { name: "Edit" }).click();
  await expect(inbox.composer).toHaveValue("Too late for free text\nWritten since");
  await expect(inbox.composer).toBeFocused();
  await expect(failed).toHaveCount(0);
  expect(await written(api, ada)).toEqual([]);
});

test("a reload in the middle loses nothing and sends nothing twice", async ({ page, api, watch }) => {
  watch.allow(/net::ERR_/);
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  for (const text of ["One", "Two", "Three"]) await inbox.send(text);
  await line.holds(1);
  // The server has the first, the page does not know it.
  await line.loseAnswers();
  await inbox.composer.fill("A draft");
  await page.reload();
  await alive(page);
  await line.open();
  await expect.poll(() => written(api, ada)).toEqual(["One", "Two", "Three"]);
  for (const text of ["One", "Two", "Three"]) await expect(inbox.bubble(text)).toHaveCount(1);
  await expect(inbox.composer).toHaveValue("A draft");
  await page.reload();
  await alive(page);
  await expect(inbox.bubble("Three")).toHaveCount(1);
  expect(await written(api, ada)).toEqual(["One", "Two", "Three"]);
});

/** Forgets who is signed in, with no page open that would go to the sign-in by itself meanwhile. */
async function leave(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

test("nobody else who signs in here sees or sends what somebody wrote", async ({ page, api, server, watch }) => {
  watch.allow(/net::ERR_/, /status of 401/);
  const [ada] = await two(api);
  const bo = await server.addUser("Bo Other", "bo@shop.example", "agent");
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("Olivia's words");
  await line.holds(1);
  await inbox.composer.fill("Olivia's draft");
  await leave(page);
  await openSignedIn(page, `/inbox/${ada.id}`, bo);
  await expect(inbox.bubble("Hello from Ada")).toBeVisible();
  await expect(inbox.composer).toHaveValue("");
  await expect(inbox.bubble("Olivia's words")).toHaveCount(0);
  await line.open();
  await inbox.send("Bo's words");
  await expect.poll(() => written(api, ada)).toEqual(["Bo's words"]);
  // It waited for her.
  await leave(page);
  await openSignedIn(page, `/inbox/${ada.id}`);
  await expect(inbox.composer).toHaveValue("Olivia's draft");
  await expect.poll(() => written(api, ada)).toEqual(["Bo's words", "Olivia's words"]);
});

test("a colleague who takes over in between changes nothing about what is under way", async ({ page, somebody, api, server }) => {
  const [ada] = await two(api);
  const bo = await server.addUser("Bo Other", "bo@shop.example", "agent");
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const colleague = new Inbox(await (await somebody({ baseURL: server.url })).newPage());
  await openSignedIn(colleague.page, `/inbox/${ada.id}`, bo);
  const line = await Line.hold(page, SEND);
  await inbox.send("Mine");
  await line.holds(1);
  await colleague.thread.getByRole("button", { name: "Give back to the bot" }).click();
  await colleague.thread.getByRole("button", { name: "Take over" }).click();
  await colleague.send("Yours");
  await expect(inbox.bubble("Yours")).toBeVisible();
  await expect(inbox.bubble("Mine")).toHaveCount(1);
  await line.open();
  await expect(colleague.bubble("Mine")).toHaveCount(1);
  await expect(inbox.bubble("Mine")).toHaveCount(1);
  await expect.poll(() => written(api, ada)).toEqual(["Yours", "Mine"]);
});

test("a text that is too long stays in the composer and says so", async ({ page, api }) => {
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const long = "word ".repeat(4001);
  await inbox.send(`${long}end`);
  await expect(inbox.thread.getByRole("alert")).toContainText("at most 20,000 characters, this one has 20,008");
  await expect(inbox.composer).toHaveValue(`${long}end`);
  await inbox.send("Short");
  await expect(inbox.thread.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => written(api, ada)).toEqual(["Short"]);
});

test("the phone takes quick messages, too, and keeps what is typed meanwhile", async ({ page, api }) => {
  await api.shop();
  await openSignedIn(page, "/sandbox");
  const phone = new Phone(page);
  const line = await Line.hold(page, "**/api/v1/sandbox/send");
  await phone.write("One");
  await phone.write("Two");
  const field = phone.screen.getByRole("textbox", { name: "Message" });
  await field.fill("Not yet");
  await line.holds(1);
  await line.open();
  await expect(phone.bubble("One")).toHaveCount(1);
  await expect(phone.bubble("Two")).toHaveCount(1);
  await expect(field).toHaveValue("Not yet");
});

test("an unsent message is not lost by leaving without a word", async ({ page, api }) => {
  const [ada] = await two(api);
  await openSignedIn(page, `/inbox/${ada.id}`);
  const inbox = new Inbox(page);
  const line = await Line.hold(page, SEND);
  await inbox.send("Wait for me");
  await line.holds(1);
  const asked = page.waitForEvent("dialog");
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  await line.open();
  await expect.poll(() => written(api, ada)).toEqual(["Wait for me"]);
});
