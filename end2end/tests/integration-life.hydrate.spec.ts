// The life of an integration: editing, switching off and on, errors with their remedy, the event log, deleting.
import { expectAccessible } from "../support/axe";
import { META, refusal } from "../support/graph";
import { card, choose, connect, expectToFit, Modal, NAME } from "../support/integrations";
import { Inbox, notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";
import { deliver, message } from "../support/webhook";

test.use({ meta: true });

test("editing begins with what is saved, and keeps secrets that are not touched", async ({ page, api, watch }) => {
  watch.allow(/status of 422/);
  await connect(api, await api.chatbot("Rosa"));
  const other = await api.chatbot("Wholesale");
  await openSignedIn(page, "/integrations");
  await card(page).getByRole("button", { name: "Manage" }).click();
  const modal = new Modal(page, `Manage “${NAME}”`);
  await expect(modal.field("Phone number ID")).toHaveValue(META.numbers[0]);
  await expect(modal.field("App ID")).toHaveValue(META.app);
  await expect(modal.field("Access token")).toHaveValue("");
  await expect(modal.field("Access token")).toHaveAttribute("placeholder", /^••••7Q2x, set (today|on )/);
  await expectAccessible(page, "edit");
  await modal.field("Name").fill("Evening shop");
  await modal.dialog.getByLabel("Chatbot").selectOption({ label: "Wholesale" });
  await modal.button("Save").click();
  await expect(modal.dialog).toBeHidden();
  await expect(card(page, "Evening shop")).toContainText("Wholesale");
  await expect(card(page, "Evening shop").getByRole("link", { name: "Wholesale" })).toHaveAttribute("href", `/chatbots/${other.id}`);
  // A token that Meta refuses does not replace the one that works.
  await card(page, "Evening shop").getByRole("button", { name: "Manage" }).click();
  const again = new Modal(page, "Manage “Evening shop”");
  await again.field("Access token").fill("EAAGwrong");
  await again.button("Save").click();
  await expect(again.step("Access token")).toContainText("Failed");
  await expect(again.button("Save anyway")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Discard what you entered?" }).getByRole("button", { name: "Discard" }).click();
  await expect(card(page, "Evening shop").getByText("Error", { exact: true })).toHaveCount(0);
});

test("deactivated, it keeps what comes and says so everywhere; activated, it goes on", async ({ page, context, api }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await deliver(integration.callback_url, message("When do you open?"));
  const row = await api.conversation("Ada Example", "When do you open?");
  await openSignedIn(page, "/integrations");
  const inbox = new Inbox(await context.newPage());
  await open(inbox.page, `/inbox/${row.id}`);
  await expect(inbox.composer).toBeEnabled();

  await choose(page, "Deactivate");
  const dialog = page.getByRole("dialog", { name: `Deactivate the integration “${NAME}”?` });
  await expect(dialog).toContainText("the chatbot does not answer");
  await expectAccessible(page, "deactivate?");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(notice(page, `“${NAME}” is inactive.`)).toBeVisible();
  await expect(card(page).getByText("Inactive", { exact: true })).toBeVisible();
  await expect(card(page).getByRole("button", { name: "More" })).toBeFocused();
  // The open conversation learns of it without being loaded again.
  await expect(inbox.composer).toBeDisabled();
  await expect(inbox.thread).toContainText("is inactive: nothing is sent through it");
  expect(await deliver(integration.callback_url, message("Still there?"))).toBe(200);
  await expect(inbox.bubble("Still there?")).toBeVisible();

  await choose(page, "Activate");
  await page.getByRole("dialog", { name: /^Activate/ }).getByRole("button", { name: "Activate" }).click();
  await expect(card(page).getByText("Connected", { exact: true })).toBeVisible();
  await expect(inbox.composer).toBeEnabled();
});

test("a token that ends while sending turns the card to an error with its remedy", async ({ page, api, graph }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await openSignedIn(page, "/integrations");
  await expect(card(page).getByText("Waiting for the first message")).toBeVisible();
  await graph.fail("messages", refusal(401, 190, "Session has expired", { error_subcode: 463 }));
  await graph.change({ tokens: ["EAAGanotherOne"] });
  await deliver(integration.callback_url, message("When do you open?"));
  await expect(card(page).getByText("Error", { exact: true })).toBeVisible();
  await expect(card(page)).toContainText("access token");
  await expectAccessible(page, "card with an error");
  await graph.mend();
  await card(page).getByRole("button", { name: "Replace token" }).click();
  const modal = new Modal(page, `Manage “${NAME}”`);
  await modal.field("Access token").fill("EAAGanotherOne");
  await modal.button("Save").click();
  await expect(modal.dialog).toBeHidden();
  await expect(card(page).getByText("Connected", { exact: true })).toBeVisible();
  // What waited goes out now.
  await expect.poll(async () => (await graph.sent()).length).toBeGreaterThan(0);
});

test("a message that waits for its next try counts down", async ({ page, api, graph }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await graph.fail("messages", refusal(500, 131000, "Something went wrong", { is_transient: true }));
  await deliver(integration.callback_url, message("When do you open?"));
  const row = await api.conversation("Ada Example", "When do you open?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.log.getByText(/Retrying (in \d+ (s|min)\.|now…)/)).toBeVisible();
  await expectAccessible(page, "a message that waits");
  await graph.mend();
});

test("rejected deliveries are counted on the card, and the secret is replaced", async ({ page, api }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await openSignedIn(page, "/integrations");
  expect(await deliver(integration.callback_url, message("Hello"), "wrong")).toBe(401);
  await expect(card(page)).toContainText("1 delivery rejected: wrong signature");
  await card(page).getByRole("button", { name: "Replace app secret" }).click();
  await expect(new Modal(page, `Manage “${NAME}”`).field("App secret")).toBeFocused();
});

test("the test of a saved connection leads to what mends it", async ({ page, api, graph }) => {
  await connect(api, await api.chatbot("Rosa"));
  await graph.change({ subscribed: ["700000000000099"] });
  await openSignedIn(page, "/integrations");
  await card(page).getByRole("button", { name: "Test" }).click();
  const dialog = page.getByRole("dialog", { name: `Connection test of “${NAME}”` });
  const step = dialog.locator(".step").filter({ hasText: "App is subscribed" });
  await expect(step).toContainText("Only another app is subscribed");
  await step.getByRole("button", { name: "Subscribe" }).click();
  await expect(step).toContainText("In order");
  // The callback is not entered at Meta's yet: what to enter is shown.
  await dialog.locator(".step").filter({ hasText: "Callback URL" }).getByRole("button", { name: "Show callback settings" }).click();
  await expect(page.getByRole("dialog", { name: `Callback of “${NAME}”` }).getByText("Verify token", { exact: true })).toBeVisible();
});

test("the event log tells what came, what was dropped, and works it off again", async ({ page, api }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await deliver(integration.callback_url, message("When do you open?"));
  await api.conversation("Ada Example", "When do you open?");
  expect(await deliver(integration.callback_url, "this is no JSON")).toBe(200);
  await openSignedIn(page, "/integrations");
  await expect(card(page)).toContainText("1 item could not be stored.");
  await choose(page, "Event log");
  await expect(page).toHaveURL(new RegExp(`/integrations/${integration.id}/events$`));
  await expect(page.getByRole("heading", { level: 1, name: "Event log" })).toBeVisible();
  const webhooks = page.getByRole("list", { name: "Webhooks", exact: true });
  await expect(webhooks.getByText("1 message (text)")).toBeVisible();
  await expect(webhooks.getByText("1 dropped")).toBeVisible();
  const letters = page.getByRole("list", { name: "Could not be stored" });
  await expect(letters.getByRole("listitem")).toHaveCount(1);
  await expectAccessible(page, "event log");
  // Rendered on the server it is the same.
  await open(page, `/integrations/${integration.id}/events`);
  // The whole of it, for owners.
  await webhooks.getByRole("listitem").filter({ hasText: "1 message (text)" }).getByRole("button", { name: "As received" }).click();
  const body = page.getByRole("dialog", { name: "Webhook as received" });
  await expect(body).toContainText("When do you open?");
  await expectAccessible(page, "webhook as received");
  await page.keyboard.press("Escape");
  await expect(body).toBeHidden();
  await letters.getByRole("button", { name: "Try again" }).click();
  await expect(notice(page, "1 item is tried again.")).toBeVisible();
  // It is as unreadable as before, and comes back.
  await expect(letters.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Try all again" }).click();
  await expect(letters.getByRole("listitem")).toHaveCount(1);
  await page.setViewportSize({ width: 360, height: 740 });
  await expectToFit(page, "the event log");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "event log, dark, 360 px");
});

test("admins see the event log without bodies, agents not at all", async ({ page, api, server, watch }) => {
  watch.allow(/status of 403/);
  const integration = await connect(api, await api.chatbot("Rosa"));
  await deliver(integration.callback_url, message("When do you open?"));
  await api.conversation("Ada Example", "When do you open?");
  const admin = await server.addUser("Adam Admin", "adam@shop.example", "admin");
  await openSignedIn(page, `/integrations/${integration.id}/events`, admin);
  await expect(page.getByRole("list", { name: "Webhooks", exact: true }).getByText("1 message (text)")).toBeVisible();
  await expect(page.getByRole("button", { name: "As received" })).toHaveCount(0);
  const agent = await server.addUser("Agatha Agent", "agatha@shop.example", "agent");
  await openSignedIn(page, `/integrations/${integration.id}/events`, agent);
  await expect(page.getByText("Your role does not allow this.").first()).toBeVisible();
  await open(page, "/integrations");
  await expect(card(page)).toBeVisible();
  await expect(card(page).getByRole("button", { name: /Manage|Test|More/ })).toHaveCount(0);
});

test("deleting counts what goes along and says what is left to do at Meta's", async ({ page, api, graph }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await deliver(integration.callback_url, message("When do you open?"));
  await api.conversation("Ada Example", "When do you open?");
  await openSignedIn(page, "/integrations");
  await choose(page, "Delete");
  const dialog = page.getByRole("dialog", { name: `Delete the integration “${NAME}”?` });
  await expect(dialog).toContainText(/It has 1 conversation with \d+ messages?\./);
  await expectAccessible(page, "delete?");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  const rest = page.getByRole("dialog", { name: `“${NAME}” is deleted` });
  await expect(rest).toContainText("Revoke the access token");
  expect(await graph.subscribed()).toEqual([]);
  await expectAccessible(page, "deleted");
  await rest.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "Nothing is connected yet" })).toBeVisible();
});

test("a conversation says by which number it came, and how that is doing", async ({ page, api }) => {
  const integration = await connect(api, await api.chatbot("Rosa"));
  await deliver(integration.callback_url, message("When do you open?"));
  const row = await api.conversation("Ada Example", "When do you open?");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  const opener = inbox.thread.getByRole("button", { name: "WhatsApp: about this number" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const popover = inbox.thread.getByRole("group", { name: "About this number" });
  await expect(popover).toContainText(NAME);
  await expect(popover).toContainText("Connected");
  await expectAccessible(page, "channel popover");
  // It stays open when something arrives.
  await deliver(integration.callback_url, message("And on Sundays?"));
  await expect(inbox.bubble("And on Sundays?")).toBeVisible();
  await expect(popover).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(popover).toBeHidden();
  await expect(opener).toBeFocused();
});

test("a chatbot shows each channel it can have", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const channels = page.getByRole("list", { name: "Channels" });
  await expect(channels.getByRole("article", { name: "Website chat" })).toContainText("Off");
  const missing = channels.getByRole("article", { name: "WhatsApp for Rosa" });
  await expect(missing).toContainText("Not connected");
  await missing.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill();
  await expect(modal.dialog.getByLabel("Chatbot")).toHaveValue(chatbot.id);
  await modal.button("Connect").click();
  await expect(modal.button("Done")).toBeVisible();
  await modal.button("Done").click();
  await expect(channels.getByRole("article", { name: NAME })).toContainText("Waiting for the first message");
  await expect(missing).toHaveCount(0);
  await expectAccessible(page, "channels of a chatbot");
});

test("everything by keyboard", async ({ page, api }) => {
  await connect(api, await api.chatbot("Rosa"));
  await openSignedIn(page, "/integrations");
  await card(page).getByRole("button", { name: "More" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(card(page).getByRole("button", { name: "Deactivate" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /^Deactivate/ });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(card(page).getByRole("button", { name: "More" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(card(page).getByRole("button", { name: "Deactivate" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(card(page).getByRole("button", { name: "Deactivate" })).toBeHidden();
});
