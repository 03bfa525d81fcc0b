// Pictures of every page for people to look at: three sizes, two themes, seeded content.
// `npm --prefix end2end run screenshots`, then look into end2end/screenshots/.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Api, KNOWLEDGE, type Row } from "./support/api";
import { META, refusal } from "./support/graph";
import { card, choose, Modal, NAME } from "./support/integrations";
import { alive, Inbox, open, signIn, Widget } from "./support/pages";
import { expect, test } from "./support/test";
import { deliver, message } from "./support/webhook";

const FOLDER = join(__dirname, "screenshots");
const SIZES = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
];
const THEMES = ["light", "dark"] as const;

interface Seed {
  chatbot: string;
  conversation: Row;
  history: Row;
}

/** A shop with a few customers, as it might look on a usual morning. */
async function seed(api: Api): Promise<Seed> {
  const more: [string, string][] = [
    ["Do you sell gift cards?", "Yes, from 10 euros on, in the shop and by mail."],
    ["Where can I park?", "Behind the house are three places for our customers."],
    ["Can I order for Sunday?", "Orders for Sunday are possible until Saturday noon."],
    ["How do I keep cut flowers fresh?", "Cut the stems at an angle, give them fresh water every two days, and keep them out of the sun.\n\nA little sugar helps roses; tulips do without."],
  ];
  const shop = await api.shop("Rosa, the flower shop", [...KNOWLEDGE, ...more]);
  await api.call("chatbots/update", { id: shop.chatbot.id, greeting: "Hello! I am Rosa and answer at any hour." });
  await api.chatbot("Wholesale", KNOWLEDGE);
  const closing = await api.shop("Closing", KNOWLEDGE);
  const history = await api.answered(closing.customer, KNOWLEDGE[0][0], KNOWLEDGE[0][1]);
  await api.call("integrations/whatsapp/delete", { id: closing.integration.id, conversations: "keep" });
  const [[question, answer], [other, otherAnswer]] = KNOWLEDGE;
  for (const [name, hidden, text] of [
    ["Bea Hidden", true, "Can you write a card for me?"],
    ["Maximiliane Freifrau von Hohenstein-Oberwolfach", false, "I have a somewhat longer question: my grandmother turns ninety and likes peonies, but not the pink ones."],
    ["سارة", false, "مرحبا، متى تفتحون؟"],
    ["Emil", false, "🌷🌷🌷"],
  ] as const) {
    await api.converse(await api.customer(shop, name, hidden), text);
  }
  const ada = await api.customer(shop, "Ada Lovelace");
  await api.answered(ada, question, answer);
  await api.answered(ada, other, otherAnswer);
  const conversation = await api.converse(ada, "Can I talk to a person?");
  await api.call("messages/send", { conversation_id: conversation.id, text: "Of course: this is Olivia. What can I do for you?" });
  await api.converse(ada, "Wonderful! 40 white roses for Saturday, please.");
  await api.call("integrations/whatsapp/create", {
    chatbot_id: shop.chatbot.id,
    name: "Online shop",
    phone_number_id: "100000000000001",
    business_account_id: "200000000000002",
    access_token: "EAAnotarealtoken",
    app_secret: "0123456789abcdef0123456789abcdef",
  });
  return { chatbot: shop.chatbot.id, conversation: { ...conversation, name: ada.name }, history };
}

/** Waits until nothing has moved for ten frames: a change of theme runs through the elements as short transitions. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let quiet = 0; quiet < 10; ) {
      await new Promise(requestAnimationFrame);
      quiet = document.getAnimations().some((a) => a.playState === "running") ? 0 : quiet + 1;
    }
  });
}

/** Takes a page in every size and theme. */
async function shoot(page: Page, name: string, whole = true): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await settled(page);
      await page.screenshot({ path: join(FOLDER, `${name}-${size.width}-${theme}.png`), fullPage: whole });
    }
  }
}

test("every page", async ({ page, api, watch, somebody, server }) => {
  watch.allow(/status of (404|409)|net::ERR_CONNECTION_RESET/);
  await rm(FOLDER, { recursive: true, force: true });
  const { chatbot, conversation, history } = await seed(api);
  const nobody = "00000000-0000-4000-8000-000000000000";

  await open(page, "/sign-in");
  await shoot(page, "sign-in");
  await open(page, "/sign-in?error=credentials");
  await shoot(page, "sign-in-refused");
  await open(page, "/no/such/page");
  await shoot(page, "not-found");
  await signIn(page);
  for (const [name, path, whole] of [
    ["inbox", "/inbox", false],
    ["inbox-nothing", "/inbox?channel=web&status=resolved", false],
    ["inbox-thread", `/inbox/${conversation.id}`, false],
    ["inbox-details", `/inbox/${conversation.id}?details=1`, false],
    ["inbox-history", `/inbox/${history.id}`, false],
    ["inbox-unknown", `/inbox/${nobody}`, false],
    ["chatbots", "/chatbots", true],
    ["chatbot", `/chatbots/${chatbot}`, true],
    ["chatbot-unknown", `/chatbots/${nobody}`, true],
    ["integrations", "/integrations", true],
  ] as const) {
    await page.setViewportSize(SIZES[0]);
    await open(page, path);
    await expect(page.getByText("Loading…")).toHaveCount(0);
    await shoot(page, name, whole);
  }

  // While somebody writes, and what could not be sent.
  await page.setViewportSize(SIZES[0]);
  await open(page, `/inbox/${conversation.id}`);
  const inbox = new Inbox(page);
  await page.route(/messages\/send$/, (route) => route.abort("connectionreset"));
  await inbox.send("They cost 80 euros, and we bring them on Saturday before ten.");
  await expect(inbox.bubble("Send again")).toBeVisible();
  await inbox.send("Shall I put a card with them?");
  await expect(inbox.bubble("Send again")).toHaveCount(1);
  await shoot(page, "inbox-unsent", false);
  await inbox.composer.fill(`A long text.\n${"It goes on and on, as people write when something matters to them. ".repeat(8)}`);
  await shoot(page, "inbox-writing", false);
  await inbox.composer.fill("");
  await page.unrouteAll();
  await page.evaluate(() => sessionStorage.clear());

  await page.setViewportSize(SIZES[0]);
  await open(page, `/chatbots/${chatbot}`);
  for (const text of ["hi", KNOWLEDGE[0][0], "Do you repair bicycles?", "👍", "And do you sell them?"]) {
    await page.getByRole("textbox", { name: "Ask the chatbot" }).fill(text);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: "Ask the chatbot" })).toHaveValue("");
  }
  await page.getByText("Small talk", { exact: true }).first().click();
  await shoot(page, "chatbot-tried");
  await page.setViewportSize(SIZES[0]);
  await page.getByLabel("Greeting").fill("Half a thought");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Inbox" }).click();
  await expect(page.getByRole("dialog", { name: "Discard what you entered?" })).toBeVisible();
  await shoot(page, "discard", false);
  await page.getByRole("button", { name: "Discard" }).click();

  // What opens on the pages. Dialogs close with Escape.
  for (const [name, path, button, dialog] of [
    ["account", "/inbox", "Account", false],
    ["keys", "/inbox", "Keyboard shortcuts", true],
    ["alerts", "/inbox", "Alerts", false],
    ["chatbot-create", "/chatbots", "Create chatbot", true],
    ["question-add", `/chatbots/${chatbot}`, "Add question", true],
    ["question-edit", `/chatbots/${chatbot}`, /^Edit/, true],
    ["chatbot-delete", `/chatbots/${chatbot}`, "Delete chatbot", true],
    ["integration-connect", "/integrations", "Connect WhatsApp", true],
    ["integration-sandbox", "/integrations", "Use the sandbox", true],
    ["integration-test", "/integrations", "Test", true],
    ["customer-add", "/sandbox", "Add customer", true],
  ] as const) {
    await page.setViewportSize(SIZES[0]);
    await open(page, path);
    await page.getByRole("button", { name: button }).first().click();
    if (dialog) await expect(page.locator("dialog[open]")).toBeVisible();
    if (name === "integration-test") await expect(page.locator("dialog[open] .step").first()).toBeVisible();
    if (name === "chatbot-delete") {
      await page.locator("dialog[open]").getByRole("button", { name: "Delete", exact: true }).click();
      await expect(page.locator("dialog[open]").getByRole("alert")).toBeVisible();
    }
    await shoot(page, name, false);
  }

  await page.setViewportSize(SIZES[0]);
  await open(page, "/sandbox");
  await page.getByRole("list", { name: "Customers" }).getByRole("button", { name: conversation.name }).click();
  await expect(page.getByRole("region", { name: "Phone" })).toContainText("this is Olivia");
  await shoot(page, "sandbox", true);

  await api.openWebsite(chatbot);
  const { web_integration_id: site } = await api.call<{ web_integration_id: string }>("chatbots/get", { id: chatbot });
  const widget = new Widget(await (await somebody()).newPage());
  await widget.page.goto(`${server.url}/widget/${site}`);
  await widget.write(KNOWLEDGE[0][0]);
  await expect(widget.bubble(KNOWLEDGE[0][1])).toBeVisible();
  await widget.write("Thank you!");
  await shoot(widget.page, "widget", false);
});

test("the settings", async ({ page, server, somebody }) => {
  for (const [name, email, role] of [["Maximiliane Freifrau von Hohenstein-Oberwolfach", "max@shop.example", "admin"], ["Bo Brook", "bo@shop.example", "agent"]]) {
    await server.addUser(name, email, role);
  }
  await signIn(page);
  const { link } = await (await page.request.post("/api/v1/people/invite", { data: { email: "ada@shop.example", role: "agent" } })).json();
  await page.request.post("/api/v1/tokens/create", { data: { name: "Till in the shop", scopes: ["read", "send"], days: 90 } });
  const pages = [["settings", "/settings"], ["settings-tokens", "/settings/tokens"], ["settings-people", "/settings/people"], ["settings-audit", "/settings/audit"]] as const;
  for (const [name, path] of pages) {
    await page.setViewportSize(SIZES[0]);
    await open(page, path);
    await shoot(page, name);
  }
  for (const [name, path, button] of [
    ["person-invite", "/settings/people", "Invite somebody"],
    ["person-menu", "/settings/people", "What to do with Bo Brook"],
    ["token-make", "/settings/tokens", "Create a token"],
    ["second-factor", "/settings", "Set it up"],
  ] as const) {
    await page.setViewportSize(SIZES[0]);
    await open(page, path);
    await page.getByRole("button", { name: button }).first().click();
    await shoot(page, name, false);
  }
  const theirs = await (await somebody({ baseURL: server.url })).newPage();
  await open(theirs, link);
  await shoot(theirs, "join");
  await open(theirs, "/sign-in/code?error=code");
  await shoot(theirs, "sign-in-code");
});

test.describe("with Meta", () => {
  test.use({ meta: true });

  test("connecting a number and living with it", async ({ page, api, graph, watch }) => {
    watch.allow(/status of 422/);
    await signIn(page);
    const chatbot = await api.chatbot("Rosa, the flower shop");
    await api.chatbot("Wholesale");
    const fresh = async (path: string) => {
      await page.setViewportSize(SIZES[0]);
      await open(page, path);
    };
    await fresh("/integrations");
    await page.getByRole("button", { name: "Connect WhatsApp" }).click();
    const modal = new Modal(page);
    await shoot(page, "connect-empty", false);
    await modal.fill({ "Phone number ID": "+1 555 0100001" });
    await modal.button("Connect").click();
    await shoot(page, "connect-faults", false);
    await graph.change({ subscribed: [] });
    await graph.fail("account", "silence");
    await modal.field("Phone number ID").fill(META.numbers[0]);
    await modal.button("Test").click();
    await expect(modal.step("Access token")).toContainText("In order");
    await shoot(page, "connect-testing", false);
    await graph.mend();
    await expect(modal.dialog.getByText("Something has to be fixed.")).toBeVisible();
    await modal.step("App is subscribed").scrollIntoViewIfNeeded();
    await shoot(page, "connect-tested", false);
    await modal.button("Connect and subscribe").click();
    await expect(modal.dialog.getByRole("img", { name: /^QR code/ })).toBeVisible();
    await shoot(page, "connect-saved", false);
    const [integration] = await api.call<{ id: string; callback_url: string }[]>("integrations/whatsapp/list");
    await deliver(integration.callback_url, message("Hello!"));
    await expect(modal.dialog.getByText(/^Received!/)).toBeVisible();
    await modal.dialog.getByText(/^Received!/).scrollIntoViewIfNeeded();
    await shoot(page, "connect-received", false);
    await modal.button("Done").click();
    await shoot(page, "card-connected");
    await card(page).getByRole("button", { name: "More" }).click();
    await shoot(page, "card-menu", false);
    await page.keyboard.press("Escape");
    await fresh("/integrations");
    await card(page).getByRole("button", { name: "Manage" }).click();
    await shoot(page, "integration-edit", false);
    await page.keyboard.press("Escape");
    await fresh("/integrations");
    await choose(page, "Deactivate");
    await shoot(page, "integration-deactivate", false);
    await page.keyboard.press("Escape");
    await fresh("/integrations");
    await choose(page, "Delete");
    await expect(page.getByText(/^It has 1 conversation/)).toBeVisible();
    await shoot(page, "integration-delete", false);
    await page.keyboard.press("Escape");
    await deliver(integration.callback_url, "no JSON at all");
    await deliver(integration.callback_url, message("Hello"), "wrong");
    await graph.fail("messages", refusal(401, 190, "Session has expired", { error_subcode: 463 }));
    await graph.change({ tokens: ["EAAGanotherOne"] });
    await deliver(integration.callback_url, message("Do you deliver to my home?"));
    const row = await api.conversation("Ada Example", "Do you deliver to my home?");
    await fresh("/integrations");
    await expect(card(page).getByText("Error", { exact: true })).toBeVisible();
    await shoot(page, "card-error");
    await fresh(`/integrations/${integration.id}/events`);
    await shoot(page, "event-log");
    await fresh(`/inbox/${row.id}`);
    await page.getByRole("region", { name: "Conversation" }).getByRole("button", { name: "WhatsApp: about this number" }).click();
    await expect(page.getByRole("group", { name: "About this number" }).getByText(NAME)).toBeVisible();
    await shoot(page, "channel-popover", false);
    await fresh(`/chatbots/${chatbot.id}`);
    await shoot(page, "chatbot-channels");
  });
});

test.describe("a new installation", () => {
  test.use({ firstRun: true });

  test("before anything is there", async ({ page }) => {
    await page.setViewportSize(SIZES[0]);
    await open(page, "/set-up");
    await shoot(page, "set-up");
    await page.setViewportSize(SIZES[0]);
    await page.getByLabel("Workspace name").fill("Flower Shop");
    await page.getByLabel("Your name").fill("Olivia Owner");
    await page.getByLabel("Email").fill("olivia@shop.example");
    await page.getByLabel("Password", { exact: true }).fill("seven green bottles");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/chatbots$/);
    await alive(page);
    await shoot(page, "chatbots-empty");
    for (const place of ["inbox", "integrations", "sandbox"]) {
      await page.setViewportSize(SIZES[0]);
      await open(page, `/${place}`);
      await shoot(page, `${place}-empty`, place !== "inbox");
    }
  });
});
