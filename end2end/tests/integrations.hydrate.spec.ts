// Integrations: connecting, testing, deleting.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { choose } from "../support/integrations";
import { Inbox, notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer]] = KNOWLEDGE;

test("the connection test lists each check", async ({ page, api }) => {
  await api.shop();
  await openSignedIn(page, "/integrations");
  await page.getByRole("article", { name: "WhatsApp sandbox" }).getByRole("button", { name: "Test" }).click();
  const dialog = page.getByRole("dialog", { name: "Connection test of “WhatsApp sandbox”" });
  await expect(dialog).toContainText("Everything is in order.");
  await expect(dialog.getByRole("listitem").filter({ hasText: "In order" }).first()).toBeVisible();
  await expectAccessible(page, "connection test");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("connecting forgives what comes along by pasting, and tells what is wrong at the field", async ({ page, api, watch }) => {
  // Meta cannot be reached from here.
  watch.allow(/status of 503/, /^status 503/);
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect WhatsApp" });
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(dialog.getByLabel("Phone number ID")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page, "connect, with errors");
  await dialog.getByLabel("Name", { exact: true }).fill("Online shop");
  await dialog.getByLabel("Phone number ID").fill("+1 555 0100001");
  await dialog.getByLabel("WhatsApp Business Account ID").fill("\t“200000000000002”\n");
  await expect(dialog.getByText("This looks like a phone number.")).toBeVisible();
  await dialog.getByLabel("Phone number ID").fill(' "100000000000001" ');
  await dialog.getByLabel("Access token").fill("EAAnotarealtoken");
  await expect(dialog.getByLabel("Phone number ID")).toHaveValue("100000000000001");
  await dialog.getByLabel("App secret").fill("0123456789abcdef0123456789abcdef");
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("No connection to Meta came about.");
  await dialog.getByRole("button", { name: "Save anyway" }).click();
  await expect(dialog.getByText("Callback URL", { exact: true })).toBeVisible();
  await expect(dialog).toContainText("/api/whatsapp/webhook/");
  await expectAccessible(page, "connected");
  await dialog.getByRole("button", { name: "Done" }).click();
  const card = page.getByRole("article", { name: "Online shop" });
  await expect(card).toBeVisible();
  await expectAccessible(page, "integrations with one that does not work");
  // Secrets never come back.
  const source = await (await page.request.get("/integrations")).text();
  expect(source).toContain("Online shop");
  expect(source).not.toContain("notarealtoken");
  expect(source).not.toContain("0123456789abcdef");
});

test("deleting an integration keeps its conversations as history", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await openSignedIn(page, "/integrations");
  const more = page.getByRole("article", { name: "WhatsApp sandbox" }).getByRole("button", { name: "More" });
  await choose(page, "Delete", "WhatsApp sandbox");
  const dialog = page.getByRole("dialog", { name: "Delete the integration “WhatsApp sandbox”?" });
  await expect(dialog.getByRole("radio", { name: /Keep the conversations/ })).toBeChecked();
  await expectAccessible(page, "delete an integration");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(more).toBeFocused();
  await choose(page, "Delete", "WhatsApp sandbox");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(notice(page, "The integration “WhatsApp sandbox” was deleted.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing is connected yet" })).toBeVisible();

  const inbox = new Inbox(page);
  await open(page, `/inbox/${row.id}`);
  await expect(inbox.bubble(answer)).toBeVisible();
  await expect(inbox.thread).toContainText("The integration was deleted. This conversation is history.");
  await expect(inbox.composer).toBeDisabled();
  await expectAccessible(page, "conversation that is history");
});

test("deleting an integration can erase its conversations", async ({ page, context, api }) => {
  const { customer } = await api.shop();
  await api.answered(customer, question, answer);
  await openSignedIn(page, "/integrations");
  const inbox = new Inbox(await context.newPage());
  await open(inbox.page, "/inbox");
  await expect(inbox.row("Ada Example")).toBeVisible();
  await choose(page, "Delete", "WhatsApp sandbox");
  const dialog = page.getByRole("dialog", { name: /^Delete the integration/ });
  await dialog.getByRole("radio", { name: /Erase the conversations/ }).check();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Nothing is connected yet" })).toBeVisible();
  await expect(inbox.row("Ada Example")).toHaveCount(0);
  expect(await api.rows()).toEqual([]);
});
