// The seconds before the program is there, on a slow line: what people do then is not lost.
import type { Page } from "@playwright/test";
import { KNOWLEDGE } from "../support/api";
import { Line } from "../support/line";
import { alive, Inbox, notice, openSignedIn, Phone, signIn } from "../support/pages";
import { OWNER } from "../support/server";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;

/** Opens a page whose program does not come before it is let through. */
async function early(page: Page, path: string): Promise<() => Promise<void>> {
  const line = await Line.hold(page, "**/pkg/*.wasm");
  await page.goto(path, { waitUntil: "commit" });
  return async () => {
    await line.open();
    await alive(page);
  };
}

test("a draft that is begun before the page is alive stays, and is kept", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await signIn(page);
  const comes = await early(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.pressSequentially("I am just ab");
  await comes();
  await expect(inbox.composer).toHaveValue("I am just ab");
  await expect(inbox.composer).toBeFocused();
  // And it goes on where it was.
  await page.keyboard.type("out to answer.");
  await expect(inbox.composer).toHaveValue("I am just about to answer.");
  await page.reload();
  await alive(page);
  await expect(inbox.composer).toHaveValue("I am just about to answer.");
});

test("what is typed early goes behind the draft that was there", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.fill("Begun yesterday");
  const comes = await early(page, `/inbox/${row.id}`);
  await inbox.composer.pressSequentially("and today");
  await comes();
  await expect(inbox.composer).toHaveValue("Begun yesterday\nand today");
});

for (const by of ["Enter", "Send"]) {
  test(`a message that is sent early, by ${by}, waits and goes out once`, async ({ page, api }) => {
    const { customer } = await api.shop();
    const row = await api.converse(customer, "Hello?");
    await signIn(page);
    const comes = await early(page, `/inbox/${row.id}`);
    const inbox = new Inbox(page);
    const send = inbox.thread.getByRole("button", { name: "Send", exact: true });
    await inbox.composer.pressSequentially("Early bird");
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    for (let presses = 0; presses < 2; presses += 1) await (by === "Enter" ? inbox.composer.press("Enter") : send.click());
    await expect(send).toHaveAttribute("aria-busy", "true");
    await expect(inbox.composer).toHaveValue("Early bird");
    await comes();
    await expect(inbox.bubble("Early bird")).toHaveCount(1);
    await expect(inbox.composer).toHaveValue("");
    await expect(send).not.toHaveAttribute("aria-busy", "true");
    await expect.poll(async () => (await api.messages(row)).filter((m) => m.content.text === "Early bird").length).toBe(1);
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
  });
}

test("who types on while the program takes over loses no letter", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  // The moment between the program and the giving back, as long as a test wants it.
  await page.addInitScript(() => {
    const later = window.setTimeout;
    const held: (() => void)[] = [];
    const hold = (...[act, time, ...rest]: Parameters<typeof later>) =>
      time === undefined && typeof act === "function" ? held.push(act as () => void) : later(act, time, ...rest);
    Object.assign(window, { setTimeout: hold, giveBack: () => held.splice(0).forEach((act) => act()) });
  });
  const giveBack = () => page.evaluate(() => (window as unknown as { giveBack: () => void }).giveBack());

  // A form that the server takes: nothing is emptied.
  let comes = await early(page, "/sign-in");
  await page.getByLabel("Email").pressSequentially(OWNER.email);
  const half = Math.ceil(OWNER.password.length / 2);
  await page.getByLabel("Password").pressSequentially(OWNER.password.slice(0, half));
  await comes();
  await page.getByLabel("Password").pressSequentially(`${OWNER.password.slice(half)}?`);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await giveBack();
  await expect(page).toHaveURL(/\/inbox$/);

  // A field of the program, which puts in what it knows: nothing yet.
  comes = await early(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.pressSequentially("I am just ab");
  await comes();
  await expect(inbox.composer).toHaveValue("");
  await inbox.composer.pressSequentially("out to answer.");
  await page.keyboard.press("Enter");
  await giveBack();
  await expect(inbox.bubble("I am just about to answer.")).toHaveCount(1);
  await expect(inbox.composer).toHaveValue("");
  expect((await api.messages(row)).filter((m) => m.author === "user").map((m) => m.content.text)).toEqual(["I am just about to answer."]);
});

test("who goes on writing after an early Enter has not sent half of it", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await signIn(page);
  const comes = await early(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.pressSequentially("Dear Ada");
  await inbox.composer.press("Enter");
  await inbox.composer.pressSequentially(", one more thing");
  await comes();
  await expect(inbox.composer).toHaveValue("Dear Ada, one more thing");
  await inbox.composer.press("Enter");
  await expect(inbox.bubble("Dear Ada, one more thing")).toHaveCount(1);
});

test("the settings of a chatbot show what is saved before they are alive, keep what is typed and save it", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  const greeting = `\n<b>Hello</b> & "welcome"`;
  await api.call("chatbots/update", { id: chatbot.id, greeting });
  await signIn(page);
  const comes = await early(page, `/chatbots/${chatbot.id}`);
  const name = page.getByLabel("Name", { exact: true });
  await expect(name).toHaveValue("Rosa");
  const saved = await api.call<{ greeting: string; fallback: string }>("chatbots/get", { id: chatbot.id });
  await expect(page.getByLabel("Greeting")).toHaveValue(saved.greeting);
  await page.getByLabel("Fallback").fill("Let me ask a colleague.");
  await name.focus();
  await page.keyboard.press("End");
  await name.pressSequentially(" the second");
  await page.getByRole("button", { name: "Save" }).click();
  await comes();
  await expect(notice(page, "Saved.")).toBeVisible();
  const after = await api.call<{ name: string; greeting: string; fallback: string }>("chatbots/get", { id: chatbot.id });
  expect(after).toMatchObject({ name: "Rosa the second", greeting: saved.greeting, fallback: "Let me ask a colleague." });
});

test("an early question to try, an early message on the phone, and an early press of a button", async ({ page, api }) => {
  const { chatbot } = await api.shop();
  await signIn(page);
  let comes = await early(page, `/chatbots/${chatbot.id}`);
  await page.getByLabel("Ask the chatbot").pressSequentially(question);
  await page.keyboard.press("Enter");
  await comes();
  await expect(page.getByRole("log", { name: "Trial answers" })).toContainText(answer);

  await page.unrouteAll();
  comes = await early(page, "/sandbox");
  const phone = new Phone(page);
  await phone.screen.getByRole("textbox", { name: "Message" }).pressSequentially("Anybody there?");
  await page.keyboard.press("Enter");
  await comes();
  await expect(phone.bubble("Anybody there?")).toHaveCount(1);

  await page.unrouteAll();
  comes = await early(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  await comes();
  await expect(page.getByRole("dialog", { name: "Connect WhatsApp" })).toBeVisible();
});

test("signing in goes on as it was begun", async ({ page }) => {
  const comes = await early(page, "/sign-in");
  await page.getByLabel("Email").pressSequentially(OWNER.email);
  await page.getByLabel("Password").pressSequentially(OWNER.password.slice(0, 6));
  await comes();
  await expect(page.getByLabel("Email")).toHaveValue(OWNER.email);
  await page.keyboard.type(OWNER.password.slice(6));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/inbox$/);
});

test("what a visitor of a website types before the chat is alive stays, and can be sent then", async ({ page, api }) => {
  const chatbot = await api.website("Rosa");
  const line = await Line.hold(page, "**/widget-chat.js");
  await page.goto(`/widget/${chatbot.web_integration_id}`, { waitUntil: "commit" });
  const field = page.getByRole("textbox", { name: "Message" });
  await field.pressSequentially(question);
  await field.press("Enter");
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await line.open();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("log", { name: "Messages" })).toContainText(answer);
  await expect(field).toHaveValue("");
  expect(new URL(page.url()).search).toBe("");
});

test.describe("a new installation", () => {
  test.use({ firstRun: true });

  test("what is entered to set up before the page is alive stays, and creating the account waits", async ({ page }) => {
    const comes = await early(page, "/set-up");
    await page.getByLabel("Workspace name").fill("Flowers");
    await page.getByLabel("Your name").fill("Olivia");
    await page.getByLabel("Email").fill("o@shop.example");
    await page.getByLabel("Password", { exact: true }).fill("seven green bottles");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).not.toHaveURL(/password/);
    await comes();
    await expect(page).toHaveURL(/\/chatbots$/);
  });
});
