// Labels: made on their page, put on in the thread, shown and filtered by in the list.
import { Inbox, notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

test("a label is made, used, filtered by and deleted", async ({ page, server, api, somebody, watch }) => {
  watch.allow(/status of 400/);
  const shop = await api.shop("Labels");
  const [ines, jonas] = [await api.customer(shop, "Ines"), await api.customer(shop, "Jonas")];
  await api.converse(ines, "Good morning");
  await api.converse(jonas, "Hello there");
  const inbox = new Inbox(page);
  await openSignedIn(page, "/labels");
  await expect(page.getByText("No label yet")).toBeVisible();
  await page.getByRole("button", { name: "New label" }).click();
  const dialog = page.getByRole("dialog", { name: "New label" });
  await dialog.getByLabel("Name").fill("Refund");
  await dialog.getByLabel("Colour").selectOption("Red");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "The label “Refund” is saved.")).toBeVisible();
  const list = page.getByRole("list", { name: "Labels" });
  await expect(list.getByText("Refund")).toHaveAttribute("data-colour", "red");
  // The same name once more is refused where it was typed.
  await page.getByRole("button", { name: "New label" }).click();
  await dialog.getByLabel("Name").fill("REFUND");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("There is a label “REFUND” already.")).toBeVisible();
  await dialog.getByLabel("Name").fill("VIP");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(list.getByText("VIP")).toBeVisible();

  await open(page, "/inbox");
  await inbox.choose("Ines");
  const button = inbox.thread.getByTitle("Label the conversation");
  await button.click();
  const menu = page.getByRole("group", { name: "Label the conversation" });
  await menu.getByLabel("Refund").check();
  await expect(button).toContainText("Refund");
  await expect(inbox.row("Ines").getByText("Refund")).toBeVisible();
  await expect(inbox.log.getByText("You added the label “Refund”")).toBeVisible();
  await page.keyboard.press("Escape");
  // The filter is an address.
  await page.getByRole("button", { name: "Filter by label or person" }).click();
  await page.getByRole("group", { name: "Filter by label or person" }).getByRole("link", { name: "Refund" }).click();
  await expect(page).toHaveURL(/label=[0-9a-f-]{36}/);
  await expect(inbox.row("Ines")).toBeVisible();
  await expect(inbox.row("Jonas")).toHaveCount(0);
  const filters = page.getByRole("navigation", { name: "Filter conversations" });
  await expect(filters.getByRole("link", { name: /^All/ })).toHaveText("All1");
  await filters.getByRole("link", { name: "Refund Take this filter away" }).click();
  await expect(inbox.row("Jonas")).toBeVisible();

  // An agent uses them and cannot change them.
  const nina = await server.addUser("Nina Night", "nina@shop.example", "agent");
  const hers = await (await somebody({ baseURL: server.url })).newPage();
  await openSignedIn(hers, "/labels", nina);
  await expect(hers.getByRole("list", { name: "Labels" }).getByText("Refund")).toBeVisible();
  await expect(hers.getByRole("button", { name: "Delete" })).toHaveCount(0);

  await open(page, "/labels");
  await list.getByRole("listitem").filter({ hasText: "Refund" }).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete the label “Refund”?" }).getByRole("button", { name: "Delete" }).click();
  await expect(list.getByText("Refund")).toHaveCount(0);
  await expect(hers.getByRole("list", { name: "Labels" }).getByText("Refund")).toHaveCount(0);
});
