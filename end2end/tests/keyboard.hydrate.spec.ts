// Everything by keyboard alone.
import type { Page } from "@playwright/test";
import { KNOWLEDGE } from "../support/api";
import { alive, Inbox, openSignedIn, Phone } from "../support/pages";
import { OWNER } from "../support/server";
import { expect, test } from "../support/test";

const [[older, olderAnswer], [newer, newerAnswer]] = KNOWLEDGE;

/** Presses Tab until that is focused; fails when it never is. */
async function tabTo(page: Page, target: ReturnType<Page["locator"]>): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

test("sign in, open a conversation and answer", async ({ page, api }) => {
  const { customer } = await api.shop();
  await api.converse(customer, "Hello?");
  await page.goto("/inbox");
  await tabTo(page, page.getByLabel("Email"));
  await page.keyboard.type(OWNER.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(OWNER.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/inbox$/);
  await alive(page);
  const inbox = new Inbox(page);
  await expect(inbox.row("Ada Example")).toBeVisible();
  await tabTo(page, inbox.row("Ada Example").getByRole("link"));
  await page.keyboard.press("Enter");
  await expect(inbox.bubble("Hello?")).toBeVisible();
  await tabTo(page, inbox.composer);
  await page.keyboard.type("First line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await expect(inbox.bubble(/First line\s+second line/)).toBeVisible();
  await expect(inbox.composer).toBeFocused();
  await expect(inbox.composer).toHaveValue("");
});

test("the keys of the inbox", async ({ page, api }) => {
  const shop = await api.shop();
  // Answered, both: an answer that comes later would move its conversation to the top.
  await api.answered(shop.customer, older, olderAnswer);
  await api.answered(await api.customer(shop, "Bob Newer"), newer, newerAnswer);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await expect(inbox.row("Bob Newer")).toBeVisible();
  await page.keyboard.press("j");
  await expect(inbox.thread.getByRole("heading", { name: "Bob Newer" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(inbox.thread.getByRole("heading", { name: "Ada Example" })).toBeVisible();
  await page.keyboard.press("k");
  await expect(inbox.thread.getByRole("heading", { name: "Bob Newer" })).toBeVisible();
  await expect(inbox.bubble(newerAnswer)).toBeVisible();
  await page.keyboard.press("r");
  await expect(inbox.composer).toBeFocused();
  // While something is typed, letters are letters; Alt+J goes on all the same.
  await page.keyboard.type("jke?");
  await expect(inbox.composer).toHaveValue("jke?");
  await page.keyboard.press("Alt+j");
  await expect(inbox.thread.getByRole("heading", { name: "Ada Example" })).toBeVisible();
  await expect(inbox.composer).toHaveValue("");
  await page.keyboard.press("Alt+k");
  // The draft waited.
  await expect(inbox.composer).toHaveValue("jke?");
});

test("e and then j goes on below, and a held key acts once", async ({ page, api }) => {
  const shop = await api.shop();
  const names = ["Ada Example", "Bob Brown", "Cleo Clark", "Dora Dale"];
  for (const name of names) {
    const customer = name === "Ada Example" ? shop.customer : await api.customer(shop, name);
    await api.answered(customer, older, olderAnswer);
  }
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  const isOpen = (name: string) => expect(inbox.thread.getByRole("heading", { name })).toBeVisible();
  await inbox.choose("Cleo Clark");
  await isOpen("Cleo Clark");
  // Held: a repeated key is no second press.
  await page.keyboard.down("e");
  for (let n = 0; n < 5; n += 1) await page.keyboard.down("e");
  await page.keyboard.up("e");
  await expect(inbox.row("Cleo Clark")).toHaveCount(0);
  await expect(inbox.thread.getByText("Resolved", { exact: true })).toBeVisible();
  await page.keyboard.press("j");
  await isOpen("Bob Brown");
  await page.keyboard.press("e");
  await expect(inbox.row("Bob Brown")).toHaveCount(0);
  await page.keyboard.press("k");
  await isOpen("Dora Dale");
  await page.keyboard.press("j");
  await isOpen("Ada Example");
  await page.keyboard.press("e");
  await expect(inbox.row("Ada Example")).toHaveCount(0);
  // It was the last one: nothing is below it.
  await page.keyboard.press("j");
  await isOpen("Ada Example");
  await page.keyboard.press("k");
  await isOpen("Dora Dale");
  // Nor does Enter, held on a button, press it again and again.
  await inbox.thread.getByRole("button", { name: "Take over" }).focus();
  await page.keyboard.down("Enter");
  await expect(inbox.thread.getByRole("button", { name: "Give back to the bot" })).toBeVisible();
  for (let n = 0; n < 5; n += 1) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(inbox.log).toContainText("You took over the conversation");
  await expect(inbox.log).not.toContainText("gave the conversation back");
});

test("the list of keys opens with ? and closes with Escape", async ({ page }) => {
  await openSignedIn(page, "/inbox");
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toContainText("Next conversation");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  const button = page.getByRole("button", { name: "Keyboard shortcuts" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("the first Tab leads past the navigation", async ({ page }) => {
  await openSignedIn(page, "/chatbots");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a dialog keeps the focus inside and gives it back", async ({ page }) => {
  await openSignedIn(page, "/chatbots");
  const opener = page.getByRole("button", { name: "Create chatbot" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Create a chatbot" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press("Tab");
    const outside = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused !== document.body && !focused?.closest("dialog");
    });
    expect(outside, "the focus left the dialog").toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
});

test("a message from the phone, by Enter", async ({ page, api }) => {
  await api.shop();
  await openSignedIn(page, "/sandbox");
  const phone = new Phone(page);
  await tabTo(page, phone.screen.getByRole("textbox", { name: "Message" }));
  await page.keyboard.type("Typed, not clicked");
  await page.keyboard.press("Enter");
  await expect(phone.bubble("Typed, not clicked")).toBeVisible();
});

test("the focus stays on a conversation while it changes", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  await openSignedIn(page, "/inbox");
  const link = new Inbox(page).row("Ada Example").getByRole("link");
  await link.focus();
  await expect(link).toBeFocused();
  await api.write(customer, "Something new");
  await expect(link).toContainText("Something new");
  await expect(link).toBeFocused();
});
