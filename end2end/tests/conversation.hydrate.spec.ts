// A person in the inbox: take over, answer, give back; ticks; long texts; customers without a number.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { Inbox, notice, open, openSignedIn, Phone, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer], [other, otherAnswer]] = KNOWLEDGE;

test("a person takes over, the bot is silent, the answer arrives, and the bot gets it back", async ({ page, context, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  const witness = await api.customer(shop, "Wilma Witness");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  const phone = new Phone(await context.newPage());
  await open(phone.page, "/sandbox");
  await phone.choose("Ada Example");
  await expect(inbox.thread).toContainText("The bot is answering. Your message takes over.");

  await inbox.thread.getByRole("button", { name: "Take over" }).click();
  await expect(notice(page, "You are answering. The bot is silent.")).toBeVisible();
  await expect(inbox.log).toContainText("You took over the conversation");
  await expect(inbox.thread).toContainText("You answer");
  await expect(inbox.row("Ada Example")).toContainText("You answer");

  await phone.write(other);
  await expect(inbox.bubble(other)).toBeVisible();
  // Whoever asked later has an answer: then the bot had its turn here, and said nothing.
  await api.answered(witness, other, otherAnswer);
  await expect(inbox.bubble(otherAnswer)).toHaveCount(0);

  await inbox.send("Hello Ada, this is Olivia. We deliver from noon on.");
  await expect(inbox.composer).toHaveValue("");
  await expect(inbox.bubble("this is Olivia")).toContainText("You");
  await expect(phone.bubble("this is Olivia")).toBeVisible();
  await expect(phone.bubble(otherAnswer)).toHaveCount(0);
  await expect(inbox.row("Ada Example")).toContainText("You: Hello Ada");

  await inbox.thread.getByRole("button", { name: "Give back to the bot" }).click();
  await expect(inbox.log).toContainText("You gave the conversation back to the bot");
  await phone.write(`And again: ${question}`);
  await expect(phone.bubble(answer)).toHaveCount(2);
  await expect(inbox.bubble(answer)).toHaveCount(2);
});

test("an answer in the inbox takes over by itself and reaches a website's visitor", async ({ page, somebody, api, server }) => {
  const { chatbot } = await api.shop();
  await api.openWebsite(chatbot);
  const widget = new Widget(await (await somebody()).newPage());
  await widget.page.goto(`${server.url}/widget/${chatbot.web_integration_id}`);
  await openSignedIn(page, "/inbox");
  const inbox = new Inbox(page);
  await widget.write("Is somebody there?");
  await inbox.choose("Website visitor");
  await inbox.send("Yes: me.");
  await expect(widget.bubble("Yes: me.")).toBeVisible();
  await expect(inbox.log).toContainText("You took over the conversation");
  await expect(inbox.thread.getByRole("button", { name: "Give back to the bot" })).toBeVisible();
  // Free text has no end on a website.
  await expect(inbox.thread).not.toContainText("Free text for another");
});

test("ticks grow until the message is read, on both sides", async ({ page, context, api }) => {
  const { customer } = await api.shop();
  const row = await api.answered(customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  const phone = new Phone(await context.newPage());
  await open(phone.page, "/sandbox");
  // Notes every state that the bubble of this text shows.
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const bubbles = [...document.querySelectorAll<HTMLElement>("[role=log] li[data-state]")];
      const state = bubbles.find((b) => b.textContent?.includes("Ticks, please."))?.dataset.state;
      if (state && seen.at(-1) !== state) seen.push(state);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await inbox.send("Ticks, please.");
  const bubble = inbox.bubble("Ticks, please.");
  await expect(bubble).toHaveAttribute("data-state", "read");
  await expect(bubble.getByText("read", { exact: true })).toBeAttached();
  const order = ["queued", "sending", "accepted", "sent", "delivered", "read"];
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen).toEqual(order.filter((state) => seen.includes(state)));
  expect(seen.length, seen.join(" → ")).toBeGreaterThanOrEqual(3);
  // The customer sees that their question was read.
  await expect(phone.bubble(question).getByText("read", { exact: true })).toBeAttached();
  await expect(inbox.row("Ada Example")).toContainText("read");
});

test("a customer who hides the number is answered and known by the user id", async ({ page, context, api }) => {
  await api.shop();
  await openSignedIn(page, "/sandbox");
  await page.getByRole("button", { name: "Add customer" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a customer" });
  await dialog.getByLabel("Name").fill("Bea Hidden");
  await dialog.getByLabel(/Hide phone number/).check();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const phone = new Phone(page);
  await expect(phone.screen).toContainText("On the phone of Bea Hidden");
  await expect(page.getByRole("button", { name: "Bea Hidden" })).toContainText("Phone number hidden");
  await phone.write(question);
  await expect(phone.bubble(answer)).toBeVisible();

  const inbox = new Inbox(await context.newPage());
  await open(inbox.page, "/inbox");
  await inbox.choose("Bea Hidden");
  await expect(inbox.details).toContainText("WhatsApp user id");
  await expect(inbox.details).not.toContainText("Phone number");
  await inbox.send("A person's word reaches you as well.");
  await expect(phone.bubble("A person's word reaches you as well.")).toBeVisible();
});

test("long texts arrive whole, in parts where WhatsApp needs them, and break no page", async ({ page, context, api }) => {
  const words = Array.from({ length: 1100 }, (_, n) => `word${n}`).join(" ");
  const endless = "x".repeat(3000);
  const shop = await api.shop("Rosa", [["Tell me everything", `${words} THE END`]]);
  await openSignedIn(page, "/sandbox");
  const phone = new Phone(page);
  await phone.write("Tell me everything");
  await expect(phone.bubble("THE END")).toBeVisible();
  await expect(phone.bubble("word0 ")).toBeVisible();
  await expect(phone.bubble("THE END")).not.toContainText("word0 ");
  await phone.write(endless);
  await expect(phone.bubble(endless)).toBeVisible();

  const inbox = new Inbox(await context.newPage());
  await open(inbox.page, "/inbox");
  await inbox.choose("Ada Example");
  await expect(inbox.bubble(endless)).toBeVisible();
  await expect(inbox.bubble("THE END")).toBeVisible();
  await inbox.send(`Dear Ada, ${words} Yours, Olivia`);
  await expect(phone.bubble("Yours, Olivia")).toBeVisible();
  for (const shown of [page, inbox.page]) {
    const wide = await shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, shown.url()).toBe(0);
  }
  for (const log of [phone.log, inbox.log]) {
    expect(await log.evaluate((l) => l.scrollWidth - l.clientWidth), "the log scrolls sideways").toBeLessThanOrEqual(0);
  }
  expect((await api.messages(await api.conversation(shop.customer.name, endless))).map((m) => m.state)).not.toContain("failed");
});

test("texts from customers are text, whatever is in them", async ({ page, api }) => {
  const { customer } = await api.shop();
  const nasty = `<img src=x onerror="document.title='owned'"> & "quotes" 'n <script>document.title='owned'</script>`;
  const row = await api.converse(customer, nasty);
  await api.write(customer, "مرحبا، متى تفتحون؟");
  await api.write(customer, "👍");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble(nasty)).toBeVisible();
  await expect(inbox.bubble("مرحبا").locator("[dir=auto]").first()).toHaveCSS("direction", "rtl");
  await expect(inbox.bubble("👍")).toBeVisible();
  // Or with “(1)” before it, where the bot has handed over by now.
  await expect(page).toHaveTitle(/^(\(1\) )?Inbox · Parlance$/);
});

test("resolving takes it off the list until the customer writes again", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Thank you!");
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.thread.getByRole("button", { name: "Resolve" }).click();
  await expect(notice(page, "Resolved.")).toBeVisible();
  await expect(inbox.row("Ada Example")).toHaveCount(0);
  await expect(inbox.thread.getByRole("button", { name: "Reopen" })).toBeFocused();
  await page.getByRole("navigation", { name: "Filter conversations" }).getByRole("link", { name: "Resolved" }).click();
  await expect(page).toHaveURL(/status=resolved/);
  await expect(inbox.row("Ada Example")).toBeVisible();
  await page.getByRole("navigation", { name: "Filter conversations" }).getByRole("link", { name: "Open" }).click();
  await expect(inbox.row("Ada Example")).toHaveCount(0);
  await api.write(customer, "One more thing.");
  // The bot may have answered by the time we look: the preview is its answer then.
  await expect(inbox.row("Ada Example")).toBeVisible();
  await expect(inbox.thread).toContainText("One more thing.");
});

test("new messages do not move what is being read", async ({ page, api }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "The very first message");
  for (let n = 1; n <= 30; n += 1) await api.write(customer, `Message ${n}\nwith a second line`);
  await api.conversation("Ada Example", "Message 30\nwith a second line");
  await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble("Message 30")).toBeInViewport();
  await inbox.bubble("The very first message").scrollIntoViewIfNeeded();
  await expect(inbox.bubble("Message 30")).not.toBeInViewport();
  await api.write(customer, "Did you see this?");
  await page.getByRole("button", { name: "1 new message" }).click({ trial: true });
  await expect(inbox.bubble("The very first message")).toBeInViewport();
  await page.getByRole("button", { name: "1 new message" }).click();
  await expect(inbox.bubble("Did you see this?")).toBeInViewport();
  await expect(page.getByRole("button", { name: "1 new message" })).toHaveCount(0);
});

test("the list and a thread can be gone through without end", async ({ page, api }) => {
  test.slow();
  const shop = await api.shop();
  const first = await api.converse(shop.customer, "Number 0");
  await api.call("conversations/set_mode", { id: first.id, mode: "human" });
  for (let n = 1; n <= 70; n += 1) await api.write(shop.customer, `Number ${n}`);
  await api.conversation("Ada Example", "Number 70");
  await openSignedIn(page, `/inbox/${first.id}`);
  const inbox = new Inbox(page);
  const exactly = (n: number) => inbox.log.locator("li").filter({ hasText: new RegExp(`Number ${n}(?!\\d)`) });
  await expect(exactly(70)).toBeInViewport();
  await expect(exactly(0)).toHaveCount(0);
  await inbox.log.getByRole("button", { name: "Load older messages" }).click();
  await expect(exactly(0)).toBeAttached();
  await expect(exactly(1)).toHaveCount(1);
});

test("a conversation is erased after asking, and the list is shown", async ({ page, api, watch }) => {
  // The news may come before the answer: then the page asks once more for what is gone.
  watch.allow(/status of 404 .*\/api\/v1\/(conversations\/get|messages\/list)/);
  const shop = await api.shop();
  const row = await api.answered(shop.customer, question, answer);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await inbox.details.getByRole("button", { name: "Erase conversation…" }).click();
  const dialog = page.getByRole("dialog", { name: `Erase the conversation with “${row.name}”?` });
  await expect(dialog).toContainText("go for good");
  await expectAccessible(page, "erase a conversation");
  await dialog.getByRole("button", { name: "Erase", exact: true }).click();
  await expect(page).toHaveURL(/\/inbox$/);
  await expect(page.getByText("The conversation was erased.")).toBeVisible();
  await expect(inbox.row(row.name)).toHaveCount(0);
  expect(await api.rows()).toHaveLength(0);
});
