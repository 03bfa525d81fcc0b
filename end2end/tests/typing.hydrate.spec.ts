// Letters that are composed of several keys, as in Japanese or Chinese, and letters that are none.
import type { Locator } from "@playwright/test";
import { KNOWLEDGE } from "../support/api";
import { Inbox, openSignedIn, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;

/** Presses Enter as browsers tell it that ends the composing of a character; whether something else may happen, too. */
function composingEnter(field: Locator, how: { isComposing?: boolean; keyCode: number }): Promise<boolean> {
  return field.evaluate((element, how) => {
    const event = new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true, ...how });
    return element.dispatchEvent(event);
  }, how);
}

// Chrome and Firefox say so; Safari tells of the end of composing first, and then of this key with the code 229.
const ENDS = [{ isComposing: true, keyCode: 229 }, { isComposing: false, keyCode: 229 }];

test("Enter that ends a composition sends nothing in the inbox", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.composer.fill("こんにち");
  for (const end of ENDS) {
    expect(await composingEnter(inbox.composer, end)).toBe(true);
    await expect(inbox.composer).toHaveValue("こんにち");
  }
  await inbox.composer.fill("こんにちは");
  await inbox.composer.press("Enter");
  await expect(inbox.bubble("こんにちは")).toBeVisible();
  expect((await api.messages(row)).filter((m) => m.author === "user").map((m) => m.content.text)).toEqual(["こんにちは"]);
});

test("nor in the chat of a website, where half an emoji arrives as a sign for it", async ({ page, api }) => {
  const chatbot = await api.website("Rosa");
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("こんにち");
  for (const end of ENDS) {
    expect(await composingEnter(field, end)).toBe(true);
    await expect(field).toHaveValue("こんにち");
  }
  // With and without the browser's own help.
  for (const own of [true, false]) {
    if (!own) await page.evaluate(() => Object.assign(String.prototype, { toWellFormed: undefined }));
    const whole = `${own ? "new" : "old"} 🎉`;
    await field.evaluate((element, text) => Object.assign(element, { value: `${text} \ud83d` }), whole);
    await field.press("Enter");
    await expect(widget.bubble(`${whole} \ufffd`)).toHaveCount(1);
    await expect(widget.bubble(`${whole} \ufffd`)).not.toHaveAttribute("data-state", /./);
  }
});
