// The whole path of a new installation, as its owner goes it.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { alive, Inbox, open, Phone, Widget } from "../support/pages";
import { OWNER, WORKSPACE } from "../support/server";
import { expect, test } from "../support/test";

test.use({ firstRun: true });

test("from the first run to answers on a phone and on the website", async ({ page, context, somebody, server }) => {
  test.setTimeout(240_000);
  const [[question, answer]] = KNOWLEDGE;
  let chat = "";

  await test.step("the first account", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/set-up$/);
    await alive(page);
    await expectAccessible(page, "set-up");
    await page.getByLabel("Workspace name").fill(WORKSPACE);
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("Email").fill(OWNER.email);
    const password = page.getByLabel("Password", { exact: true });
    await password.fill("short");
    await password.blur();
    await expect(page.getByText("5 more characters are needed.")).toBeVisible();
    await password.fill(OWNER.password);
    await password.blur();
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/chatbots$/);
  });

  await test.step("a chatbot with three questions and answers", async () => {
    await alive(page);
    await expect(page.getByRole("heading", { name: "No chatbot yet" })).toBeVisible();
    await expectAccessible(page, "chatbots, empty");
    await page.getByRole("button", { name: "Create chatbot" }).click();
    const dialog = page.getByRole("dialog", { name: "Create a chatbot" });
    await expect(dialog.getByLabel("Name")).toBeFocused();
    await expectAccessible(page, "create a chatbot");
    await dialog.getByLabel("Name").fill("Rosa");
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Rosa" })).toBeVisible();
    await expect(page).toHaveTitle("Rosa · Parlance");
    await expect(page.getByRole("heading", { name: "It knows nothing yet" })).toBeVisible();
    await expectAccessible(page, "chatbot, empty");
    for (const [asked, said] of KNOWLEDGE) {
      await page.getByRole("button", { name: "Add question" }).click();
      const editor = page.getByRole("dialog", { name: "Add a question" });
      await editor.getByLabel("Question").fill(asked);
      await editor.getByLabel("Answer").fill(said);
      await editor.getByRole("button", { name: "Save" }).click();
      await expect(editor).toBeHidden();
      await expect(page.getByRole("list", { name: "Questions" }).getByRole("heading", { name: asked })).toBeVisible();
    }
    await expect(page.getByRole("list", { name: "Questions" }).getByRole("listitem")).toHaveCount(3);
    // Nobody can write from a website until it is switched on.
    const card = page.getByRole("article", { name: "Website chat" });
    await expect(card).toContainText("Off");
    await card.getByRole("button", { name: "Switch on" }).click();
    chat = (await card.getByRole("link", { name: "Open the chat page" }).getAttribute("href")) ?? "";
    expect(chat).toMatch(/^\/widget\//);
    await expect(card).toContainText(chat);
    await expectAccessible(page, "chatbot, website on");
  });

  // Opened before anything happens: everything in it has to arrive live.
  const inbox = new Inbox(await context.newPage());
  await test.step("an inbox in a second page, still empty", async () => {
    await open(inbox.page, "/inbox");
    await expect(inbox.row(/./)).toHaveCount(0);
    // Nobody chose a filter, so none is to blame.
    await expect(inbox.page.getByText("As soon as a customer writes")).toBeVisible();
    await expectAccessible(inbox.page, "inbox, empty");
  });

  await test.step("the sandbox as its WhatsApp number", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Integrations" }).click();
    await expect(page.getByRole("heading", { name: "Nothing is connected yet" })).toBeVisible();
    await expectAccessible(page, "integrations, empty");
    await page.getByRole("button", { name: "Use the sandbox" }).click();
    const dialog = page.getByRole("dialog", { name: "Use the sandbox" });
    await expect(dialog.getByLabel("Chatbot")).toContainText("Rosa");
    await expectAccessible(page, "use the sandbox");
    await dialog.getByRole("button", { name: "Connect the sandbox" }).click();
    await expect(dialog).toContainText(/The sandbox number \+\S+ is connected/);
    await expect(page.getByRole("article", { name: "WhatsApp sandbox" })).toContainText("Waiting for the first message");
    await dialog.getByRole("link", { name: "Open the sandbox phone" }).click();
    await expect(page).toHaveURL(/\/sandbox$/);
  });

  const phone = new Phone(page);
  let number = "";
  await test.step("a message from the phone, and the answer on the phone", async () => {
    await expect(phone.screen).toContainText("On the phone of Ada Example");
    number = (await page.getByRole("list", { name: "Customers" }).getByText(/^\+/).textContent()) ?? "";
    expect(number.replace(/\D/g, "").length).toBeGreaterThan(8);
    await expectAccessible(page, "sandbox");
    await phone.write(question.toLowerCase());
    await expect(phone.bubble(question.toLowerCase())).toBeVisible();
    await expect(phone.bubble(answer)).toBeVisible();
    await expectAccessible(page, "sandbox with a chat");
  });

  await test.step("the conversation, live in the other page", async () => {
    await expect(inbox.row("Ada Example")).toContainText("WhatsApp");
    await expect(inbox.row("Ada Example")).toContainText(`Bot: ${answer}`);
    await expect(inbox.row("Ada Example")).toContainText("1 unread");
    await inbox.choose("Ada Example");
    await expect(inbox.bubble(question.toLowerCase())).toBeVisible();
    await expect(inbox.bubble(answer)).toContainText("Bot");
    await expect(inbox.thread).toContainText("WhatsApp");
    // Read now, and everybody sees that.
    await expect(inbox.row("Ada Example")).not.toContainText("unread");
  });

  await test.step("the number is masked, also in the source", async () => {
    await expect(inbox.details.getByText(/^\+\d\d•+\d{3}$/).first()).toBeVisible();
    const digits = number.replace(/\D/g, "");
    await expect(inbox.details).toContainText(`+${digits.slice(0, 2)}${"•".repeat(digits.length - 5)}${digits.slice(-3)}`);
    const source = await (await page.request.get(new URL(inbox.page.url()).pathname)).text();
    for (const text of [await inbox.page.content(), source]) {
      expect(text).toContain("Ada Example");
      expect(text.replace(/[\s()-]/g, "")).not.toContain(digits);
    }
    await expectAccessible(inbox.page, "conversation");
  });

  await test.step("a conversation on the website beside it", async () => {
    const visitor = await (await somebody()).newPage();
    await visitor.goto(`${server.url}${chat}`);
    const widget = new Widget(visitor);
    await expect(visitor.getByRole("heading", { name: "Rosa" })).toBeVisible();
    const [, [asked, said]] = KNOWLEDGE;
    await widget.write(asked);
    await expect(widget.bubble(said)).toBeVisible();
    await expectAccessible(visitor, "widget");
    await expect(inbox.row("Website visitor")).toContainText("Web");
    await expect(inbox.row("Website visitor")).toContainText(`Bot: ${said}`);
    await expect(inbox.row(/./)).toHaveCount(2);
    // The newest stands first; the open conversation stayed open.
    await expect(inbox.row(/./).first()).toContainText("Website visitor");
    await expect(inbox.bubble(answer)).toBeVisible();
    await inbox.choose("Website visitor");
    await expect(inbox.bubble(said)).toBeVisible();
    await expect(inbox.details).not.toContainText("Phone number");
  });

  await test.step("the card tells that it is connected", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Integrations" }).click();
    const card = page.getByRole("article", { name: "WhatsApp sandbox" });
    await expect(card).toContainText("Connected");
    await expect(card.locator("dl").first()).not.toContainText("Never");
    await expectAccessible(page, "integrations");
  });

  await test.step("the set-up page is closed for good", async () => {
    await page.goto("/set-up");
    await expect(page.getByText("This installation is set up already.")).toBeVisible();
  });
});

test.describe("where strangers could be first", () => {
  test.use({ serveArgs: ["--public-url", "http://chat.example.com"] });

  test("setting up needs the code from the server's log", async ({ page, server, watch }) => {
    watch.allow(/status of 400/);
    await open(page, "/set-up");
    await page.getByLabel("Workspace name").fill(WORKSPACE);
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("Email").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByLabel("Set-up code").fill("0000");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("This is not the set-up code.")).toBeVisible();
    await expectAccessible(page, "set-up with an error");
    const code = /Set-up code for the first account: (\S+)/.exec(server.log)?.[1] ?? "no code in the log";
    await page.getByLabel("Set-up code").fill(code);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/chatbots$/);
  });
});
