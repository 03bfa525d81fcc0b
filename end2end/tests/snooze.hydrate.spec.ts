// Snoozing: what is put off leaves the list, says until when, and can be opened again.
import { Inbox, notice, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

test("a conversation is snoozed until tomorrow and opened again", async ({ page, api, watch }) => {
  watch.allow(/status of 400/);
  const shop = await api.shop("Snoozing");
  const ines = await api.customer(shop, "Ines");
  const row = await api.converse(ines, "Good morning");
  const inbox = new Inbox(page);
  await openSignedIn(page, "/inbox");
  await inbox.choose("Ines");
  await inbox.thread.getByRole("button", { name: "Snooze" }).first().click();
  const menu = page.getByRole("group", { name: "Snooze" });
  await menu.getByRole("button", { name: "Tomorrow" }).click();
  await expect(notice(page, /^Snoozed until .*9:00/)).toBeVisible();
  await expect(inbox.row("Ines")).toHaveCount(0);
  await expect(inbox.thread.getByText("Snoozed", { exact: true })).toBeVisible();
  await expect(inbox.log.getByText("You snoozed the conversation")).toBeVisible();
  const { snoozed_until } = await api.call<{ snoozed_until: number }>("conversations/get", { id: row.id });
  const tomorrow = await page.evaluate(() => {
    const date = new Date();
    date.setDate(date.getDate() + 1);
    return date.setHours(9, 0, 0, 0);
  });
  expect(snoozed_until).toBe(tomorrow);
  await page.getByRole("navigation", { name: "Filter conversations" }).getByRole("link", { name: "Snoozed" }).click();
  await expect(inbox.row("Ines").getByTitle("Snoozed")).toBeVisible();
  await inbox.thread.getByRole("button", { name: "Reopen" }).click();
  await expect(inbox.row("Ines")).toHaveCount(0);
  await page.getByRole("navigation", { name: "Filter conversations" }).getByRole("link", { name: "Open", exact: true }).click();
  await expect(inbox.row("Ines")).toBeVisible();
  // The time of somebody's own; by key.
  await page.locator("body").press("h");
  await menu.getByLabel("Until", { exact: true }).fill("2030-01-02T10:30");
  await menu.getByRole("button", { name: "Snooze" }).click();
  await expect(page.getByText("This time has passed, or is more than a year ahead.")).toBeVisible();
  await expect(inbox.row("Ines")).toBeVisible();
});
