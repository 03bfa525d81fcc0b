// The keyboard focus: where dialogs begin, and that no act leaves it nowhere.
import { KNOWLEDGE } from "../support/api";
import { Inbox, notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";
import type { Locator, Page } from "@playwright/test";

const [[question, answer]] = KNOWLEDGE;

/** The focus is on something, and that can be seen. */
async function expectFocus(page: Page, after: string): Promise<void> {
  await expect(async () => {
    const place = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused && focused !== document.body && focused.checkVisibility() ? focused.tagName : "nowhere";
    });
    expect(place, `the focus after ${after}`).not.toBe("nowhere");
  }).toPass();
}

async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await target.focus();
  await page.keyboard.press(key);
}

test("dialogs begin on their first field or on what does no harm", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  await openSignedIn(page, `/chatbots/${shop.chatbot.id}`);
  const dialog = page.getByRole("dialog");
  const begins = async (opener: Locator, at: Locator) => {
    await press(page, opener);
    await expect(at).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(opener).toBeFocused();
  };
  const cancel = dialog.getByRole("button", { name: "Cancel", exact: true });
  await begins(page.getByRole("button", { name: "Add question" }), dialog.getByLabel("Question"));
  await begins(page.getByRole("button", { name: `Edit “${question}”` }), dialog.getByLabel("Question"));
  await begins(page.getByRole("button", { name: `Delete “${question}”` }), cancel);
  await begins(page.getByRole("button", { name: "Delete chatbot" }), cancel);
  await begins(page.getByRole("button", { name: "Erase website history…" }), cancel);
  const card = page.getByRole("article", { name: /Sandbox/i }).first();
  await begins(card.getByRole("button", { name: "Manage" }), dialog.getByLabel("Chatbot"));
  await begins(card.getByRole("button", { name: "Test" }), dialog.locator(".dialog__actions").getByRole("button", { name: "Test again" }));
  await open(page, "/chatbots");
  await begins(page.getByRole("button", { name: "Create chatbot" }), dialog.getByLabel("Name"));
  await open(page, "/integrations");
  await begins(page.getByRole("button", { name: "Connect WhatsApp" }).first(), dialog.getByLabel("Chatbot"));
  await begins(page.getByRole("button", { name: "Use the sandbox" }).first(), dialog.getByLabel("Chatbot"));
  await open(page, `/inbox/${row.id}`);
  await begins(page.getByRole("button", { name: "Erase conversation…" }), cancel);
  await begins(page.getByRole("button", { name: "Keyboard shortcuts" }), dialog.getByRole("heading", { name: "Keyboard shortcuts" }));
});

test("no act leaves the focus nowhere: knowledge, settings, channels", async ({ page, api }) => {
  const { chatbot } = await api.shop();
  await openSignedIn(page, "/chatbots");
  await press(page, page.getByRole("link", { name: /Rosa/ }));
  await expect(page.getByRole("heading", { name: "Rosa", level: 1 })).toBeVisible();
  await expectFocus(page, "a link to another page");

  const rows = page.getByRole("list", { name: "Questions" }).getByRole("listitem");
  await press(page, page.getByRole("button", { name: `Edit “${question}”` }));
  await page.getByRole("dialog").getByLabel("Answer").fill("Always.");
  await press(page, page.getByRole("dialog").getByRole("button", { name: "Save" }));
  await expect(page.getByText("Always.")).toBeVisible();
  // The row was built anew: the focus is where it was.
  await expect(page.getByRole("button", { name: `Edit “${question}”` })).toBeFocused();

  await press(page, page.getByRole("button", { name: "Dismiss" }).first());
  await expectFocus(page, "dismissing a notice");

  for (let left = 2; left >= 0; left -= 1) {
    await press(page, rows.first().getByRole("button", { name: /^Delete/ }));
    await press(page, page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }));
    await expect(rows).toHaveCount(left);
    await expectFocus(page, `deleting a question, ${left} left`);
  }
  await page.getByLabel("Greeting").fill("Good day");
  await press(page, page.getByRole("button", { name: "Save", exact: true }));
  await expect(notice(page, "Saved.")).toBeVisible();
  await expectFocus(page, "saving the settings");
  const website = page.getByRole("article", { name: "Website chat" });
  await press(page, website.getByRole("button", { name: "Switch on" }));
  await expect(website.getByRole("button", { name: "Switch off" })).toBeVisible();
  await expectFocus(page, "switching the website chat on");
  await press(page, website.getByRole("button", { name: "Switch off" }));
  await press(page, page.getByRole("dialog").getByRole("button", { name: "Switch off" }));
  await expect(website.getByRole("button", { name: "Switch on" })).toBeVisible();
  await expectFocus(page, "switching it off");
  const number = page.getByRole("article", { name: /Sandbox/i }).first();
  await press(page, number.getByRole("button", { name: "More" }));
  await press(page, number.getByRole("button", { name: "Delete" }));
  await press(page, page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }));
  await expect(page.getByRole("button", { name: "Connect WhatsApp" })).toBeVisible();
  await expectFocus(page, "deleting an integration");
  await page.keyboard.press("Escape");
  await press(page, page.getByRole("button", { name: "Delete chatbot" }));
  await press(page, page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }));
  await expect(page).toHaveURL(/\/chatbots$/);
  await expectFocus(page, `deleting the chatbot ${chatbot.name}`);
});

test("no act leaves the focus nowhere: the inbox", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  await api.answered(await api.customer(shop, "Bob Brown"), question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  for (const name of ["Take over", "Give back to the bot", "Resolve", "Reopen"]) {
    await press(page, inbox.thread.getByRole("button", { name, exact: true }));
    await expect(inbox.thread.getByRole("button", { name, exact: true })).toHaveCount(0);
    await expectFocus(page, name);
  }
  // The row in whose link the focus is leaves the list.
  await inbox.row("Ada Example").getByRole("link").focus();
  await api.call("conversations/set_status", { id: row.id, status: "resolved" });
  await expect(inbox.row("Ada Example")).toHaveCount(0);
  await expect(inbox.row("Bob Brown").getByRole("link")).toBeFocused();
  // Who writes goes on writing in the next conversation.
  await inbox.composer.focus();
  await page.keyboard.press("Alt+k");
  await expect(inbox.thread.getByRole("heading", { name: "Bob Brown" })).toBeVisible();
  await expect(inbox.composer).toBeFocused();
  await press(page, page.getByRole("button", { name: "Erase conversation…" }));
  await press(page, page.getByRole("dialog").getByRole("button", { name: "Erase", exact: true }));
  await expect(page).toHaveURL(/\/inbox$/);
  await expectFocus(page, "erasing a conversation");
  await expect(inbox.row("Bob Brown")).toHaveCount(0);
  await expectFocus(page, "the erased conversation has left the list");
});

test("whoever pressed beside everything is left alone", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.focus();
  await inbox.thread.getByRole("heading", { name: "Ada Example" }).click();
  await expect(inbox.composer).not.toBeFocused();
  // The browser gives it to the page's main part, which nobody can reach by Tab.
  const nowhere = () => page.evaluate(() => document.activeElement?.matches("body, #main"));
  expect(await nowhere()).toBe(true);
  await api.write(customer, "Something new");
  await expect(inbox.bubble("Something new")).toBeVisible();
  expect(await nowhere()).toBe(true);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the focus follows from list to thread to details and back", async ({ page, api }) => {
    const { customer } = await api.shop();
    await api.answered(customer, question, answer);
    await openSignedIn(page, "/inbox");
    const inbox = new Inbox(page);
    await press(page, inbox.row("Ada Example").getByRole("link"));
    await expect(inbox.bubble(answer)).toBeVisible();
    await expectFocus(page, "choosing a conversation");
    await press(page, inbox.thread.getByRole("link", { name: "Details" }));
    await expect(inbox.details).toBeVisible();
    await expectFocus(page, "opening the details");
    await press(page, inbox.details.getByRole("link", { name: "Back to the messages" }));
    await expect(inbox.composer).toBeVisible();
    await expectFocus(page, "going back to the messages");
    await press(page, inbox.thread.getByRole("link", { name: "Back to the list" }));
    await expect(inbox.row("Ada Example")).toBeVisible();
    await expectFocus(page, "going back to the list");
  });
});
