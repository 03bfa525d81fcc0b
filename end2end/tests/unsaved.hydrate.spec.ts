// What was typed and not saved: every dialog, form, link and button of the browser asks before it is lost.
import { expect, test } from "../support/test";
import { Line } from "../support/line";
import { alive, notice, open, openSignedIn } from "../support/pages";
import type { Locator, Page } from "@playwright/test";

const question = (page: Page) => page.getByRole("dialog", { name: "Discard what you entered?" });

/** Keeps editing: the text is still there, and the focus in the dialog. */
async function keep(page: Page, field: Locator, text: string): Promise<void> {
  await expect(question(page).getByRole("button", { name: "Keep editing" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question(page)).toBeHidden();
  await expect(field).toHaveValue(text);
}

/** Every way out of a dialog asks while something is typed in it, and none while nothing is. */
async function guards(page: Page, openIt: () => Promise<void>, name: string, label: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name });
  const ways: (() => Promise<void>)[] = [
    () => page.keyboard.press("Escape"),
    () => dialog.getByRole("button", { name: "Close", exact: true }).click(),
    () => dialog.getByRole("button", { name: "Cancel", exact: true }).click(),
    () => page.mouse.click(4, 4),
  ];
  for (const leave of ways) {
    await openIt();
    await expect(dialog).toBeVisible();
    const field = dialog.getByLabel(label, { exact: true });
    const before = await field.inputValue();
    await leave();
    await expect(dialog, "nothing was typed").toBeHidden();
    await openIt();
    await field.fill("Half a thought");
    await leave();
    await keep(page, field, "Half a thought");
    await leave();
    await question(page).getByRole("button", { name: "Discard" }).click();
    await expect(dialog).toBeHidden();
    await openIt();
    await expect(field).toHaveValue(before);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }
}

test("dialogs of the chatbots ask", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, "/chatbots");
  await guards(page, () => page.getByRole("button", { name: "Create chatbot" }).click(), "Create a chatbot", "Name");
  await open(page, `/chatbots/${chatbot.id}`);
  await guards(page, () => page.getByRole("button", { name: "Add question" }).click(), "Add a question", "Answer");
  await guards(page, () => page.getByRole("button", { name: "Edit “When do you open?”" }).click(), "Edit the question", "Question");
});

test("the dialog of the sandbox asks", async ({ page, api }) => {
  await api.shop();
  await openSignedIn(page, "/sandbox");
  await guards(page, () => page.getByRole("button", { name: "Add customer" }).click(), "Add a customer", "Name");
});

test("Escape again and again does not get past the question", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  await page.getByRole("button", { name: "Add question" }).click();
  const answer = page.getByRole("dialog", { name: "Add a question" }).getByLabel("Answer");
  await answer.fill("Half a thought");
  for (let n = 0; n < 5; n += 1) await page.keyboard.press("Escape");
  await expect(answer).toBeVisible();
  await expect(answer).toHaveValue("Half a thought");
});

test("a colleague's change does not take away what is being edited", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  const items = await api.call<{ id: string; question: string; answer: string }[]>("knowledge/list", { chatbot_id: chatbot.id });
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  await page.getByRole("button", { name: "Edit “When do you open?”" }).click();
  const answer = page.getByRole("dialog", { name: "Edit the question" }).getByLabel("Answer");
  await answer.fill("Half a thought");
  const item = items.find((i) => i.question === "When do you open?");
  await api.call("knowledge/save", { chatbot_id: chatbot.id, id: item?.id, question: item?.question, answer: "Never." });
  await expect(page.getByText("Never.")).toBeVisible();
  await expect(answer).toHaveValue("Half a thought");
});

test("leaving unsaved settings asks: by a link, by closing the tab", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, "/chatbots");
  await page.getByRole("link", { name: /Rosa/ }).click();
  const greeting = page.getByLabel("Greeting");
  await greeting.fill("Good day");

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Inbox" }).click();
  await keep(page, greeting, "Good day");
  await expect(page).toHaveURL(new RegExp(`/chatbots/${chatbot.id}$`));
  await page.getByRole("link", { name: "All chatbots" }).click();
  await keep(page, greeting, "Good day");

  const asked = page.waitForEvent("dialog");
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  await expect(greeting).toHaveValue("Good day");

  // Saved, it is nothing to ask about.
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(notice(page, "Saved.")).toBeVisible();
  await page.getByRole("link", { name: "All chatbots" }).click();
  await expect(page).toHaveURL(/\/chatbots$/);
  await expect(question(page)).toBeHidden();

  // Discarded, the way leads on, and what is saved is there when one comes back.
  await page.getByRole("link", { name: /Rosa/ }).click();
  await expect(greeting).toHaveValue("Good day");
  await greeting.fill("Something else");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Integrations" }).click();
  await question(page).getByRole("button", { name: "Discard" }).click();
  await expect(page).toHaveURL(/\/integrations$/);
});

for (const told of [true, false]) {
  test(`the browser's buttons ask${told ? "" : ", also in a browser that does not tell where they lead"}`, async ({ page, api }) => {
    if (!told) await page.addInitScript(() => Object.defineProperty(window, "navigation", { value: undefined }));
    const chatbot = await api.chatbot("Rosa");
    const here = new RegExp(`/chatbots/${chatbot.id}$`);
    const go = (steps: number) => page.evaluate((steps) => history.go(steps), steps);
    const main = page.getByRole("navigation", { name: "Main" });
    await openSignedIn(page, "/inbox");
    await main.getByRole("link", { name: "Chatbots" }).click();
    await page.getByRole("link", { name: /Rosa/ }).click();
    const greeting = page.getByLabel("Greeting");
    await expect(greeting).toBeVisible();
    await main.getByRole("link", { name: "Integrations" }).click();
    await expect(page).toHaveURL(/\/integrations$/);
    await go(-1);
    await expect(page).toHaveURL(here);
    await greeting.fill("Good day");
    for (const steps of [-1, 1, -2]) {
      await go(steps);
      await keep(page, greeting, "Good day");
      await expect(page).toHaveURL(here);
    }
    // The way to the content is a place of its own in the history, on the same page.
    await page.evaluate(() => document.querySelector<HTMLElement>(".skip-link")?.click());
    await expect(page).toHaveURL(/#main$/);
    await go(-1);
    await expect(page).toHaveURL(here);
    await expect(question(page)).toBeHidden();
    await expect(greeting).toHaveValue("Good day");
    await go(-1);
    await question(page).getByRole("button", { name: "Discard" }).click();
    await expect(page).toHaveURL(/\/chatbots$/);
    await expect(page.getByRole("heading", { name: "Chatbots", exact: true })).toBeVisible();
    await go(-1);
    await expect(page).toHaveURL(/\/inbox$/);
    await go(2);
    await expect(page).toHaveURL(here);
    await expect(greeting).toHaveValue("");
  });
}

test("what is typed while settings are being saved stays, and is not saved yet", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, "/chatbots");
  await page.getByRole("link", { name: /Rosa/ }).click();
  const greeting = page.getByLabel("Greeting");
  await greeting.fill("  Good day  ");
  const line = await Line.hold(page, /chatbots\/update$/);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await line.holds(1);
  const fallback = page.getByLabel("Fallback");
  await fallback.fill("I do not know yet.");
  await line.open();
  await expect(notice(page, "Saved.")).toBeVisible();
  await expect(greeting).toHaveValue("Good day");
  await expect(fallback).toHaveValue("I do not know yet.");
  await page.getByRole("link", { name: "All chatbots" }).click();
  await keep(page, fallback, "I do not know yet.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await api.call<{ fallback: string }>("chatbots/get", { id: chatbot.id })).fallback).toBe("I do not know yet.");
});

test.describe("on the first run", () => {
  test.use({ firstRun: true });

  test("setting up asks before it is left, and not when it is done", async ({ page }) => {
    await page.goto("/set-up");
    await alive(page);
    await page.getByLabel("Workspace name").fill("Flower Shop");
    await page.getByRole("link", { name: "Sign in" }).click();
    await question(page).getByRole("button", { name: "Keep editing" }).click();
    await expect(page.getByLabel("Workspace name")).toHaveValue("Flower Shop");
    await page.getByLabel("Your name").fill("Olivia Owner");
    await page.getByLabel("Email").fill("olivia@shop.example");
    await page.getByLabel("Password", { exact: true }).fill("seven green bottles");
    let asked = false;
    page.on("dialog", (dialog) => {
      asked = true;
      void dialog.accept();
    });
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/chatbots$/);
    expect(asked).toBe(false);
  });
});
