// Whose a conversation is: given on in the thread, told in the list, counted in its tabs.
import { Inbox, notice, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

test("a conversation is assigned, listed and put back", async ({ page, server, api }) => {
  await server.addUser("Nina Night", "nina@shop.example", "agent");
  const shop = await api.shop("Assigning");
  const [ines, jonas] = [await api.customer(shop, "Ines"), await api.customer(shop, "Jonas")];
  await api.converse(ines, "Good morning");
  await api.converse(jonas, "Hello there");
  const inbox = new Inbox(page);
  await openSignedIn(page, "/inbox");
  const tabs = page.getByRole("navigation", { name: "Filter conversations" });
  const mine = tabs.getByRole("link", { name: /^Mine/ });
  await expect(mine).toHaveText("Mine0");
  await inbox.choose("Ines");
  const button = inbox.thread.getByTitle("Assign the conversation");
  await expect(button).toHaveText("Unassigned");
  await button.click();
  const menu = page.getByRole("group", { name: "Assign the conversation" });
  await menu.getByRole("button", { name: "Assign to me" }).click();
  await expect(menu).toBeHidden();
  await expect(button).toHaveText("Assigned to you");
  await expect(inbox.log.getByText("You took on the conversation")).toBeVisible();
  await expect(mine).toHaveText("Mine1");
  // The tab is an address, which goes with the open conversation.
  await mine.click();
  await expect(page).toHaveURL(/\/inbox\/[0-9a-f-]+\?assignee=mine$/);
  await expect(inbox.row("Ines")).toBeVisible();
  await expect(inbox.row("Jonas")).toHaveCount(0);
  // Filters combine.
  await tabs.getByRole("link", { name: "Unread", exact: true }).click();
  await expect(page).toHaveURL(/assignee=mine&unread=1$/);
  await expect(page.getByText("No conversation fits this filter.")).toBeVisible();
  await tabs.getByRole("link", { name: "Unread", exact: true }).click();
  // Given to a colleague it leaves the list at once.
  await button.click();
  await menu.getByRole("button", { name: "Nina Night" }).click();
  await expect(notice(page, "Nina Night looks after it now.")).toBeVisible();
  await expect(inbox.row("Ines")).toHaveCount(0);
  await expect(mine).toHaveText("Mine0");
  await tabs.getByRole("link", { name: /^All/ }).click();
  await expect(inbox.row("Ines").getByText("Assigned to Nina Night")).toBeAttached();
  await tabs.getByRole("link", { name: /^Unassigned/ }).click();
  await expect(inbox.row("Jonas")).toBeVisible();
  await expect(inbox.row("Ines")).toHaveCount(0);
  // By key, and back to the queue.
  await page.locator("body").press("a");
  await menu.getByRole("button", { name: "Back to the queue" }).click();
  await expect(inbox.row("Ines")).toBeVisible();
  await expect(button).toHaveText("Unassigned");
});
