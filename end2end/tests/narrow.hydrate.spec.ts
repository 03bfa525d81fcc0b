// No page scrolls sideways, however narrow the screen, large the letters or long the words.
import type { Page } from "@playwright/test";
import type { Api } from "../support/api";
import { Inbox, open, openSignedIn, Phone, Widget } from "../support/pages";
import { expect, test } from "../support/test";

const WIDTHS = [320, 390, 820, 1440];
const WORD = "https://shop.example/orders?token=".padEnd(400, "Wm0_");
const ARABIC = `مرحبا ${"طويلة".repeat(60)}`;
/** As long as the name of a customer may be. */
const NAME = "Wolfeschlegelsteinhausenbergerdorff".repeat(2).slice(0, 60);

/** Rows that are meant to be pushed aside with the finger. */
const PUSHED = ".filters__group, .customers";

/** What scrolls sideways, or sticks out of the screen, with its class. */
async function sideways(page: Page): Promise<string[]> {
  return page.evaluate((pushed) => {
    const width = document.documentElement.clientWidth;
    const all = [...document.querySelectorAll<HTMLElement>("body, body *")];
    const name = (e: Element) => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent?.trim().slice(0, 20)}”`;
    const clips = (e: Element | null): boolean => !!e && (getComputedStyle(e).overflowX !== "visible" || clips(e.parentElement));
    const scrolls = all.filter((e) => e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX) && !e.closest(pushed));
    const sticksOut = all.filter((e) => {
      if (!e.checkVisibility() || e.closest(pushed) || e.closest("svg, .visually-hidden, .skip-link")) return false;
      const box = e.getBoundingClientRect();
      return box.width > 0 && (box.right > width + 1 || box.left < -1) && !clips(e.parentElement);
    });
    const wide = document.documentElement.scrollWidth - width;
    return [...(wide > 0 ? [`the page, by ${wide}`] : []), ...scrolls.map((e) => `scrolls: ${name(e)}`), ...sticksOut.map((e) => `sticks out: ${name(e)}`)];
  }, PUSHED);
}

/** Looks at the page in all widths, with plain letters and twice as large ones, and in a zoom of 200 %. */
async function expectNarrow(page: Page, what: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    expect.soft(await sideways(page), `${what} at ${width}`).toEqual([]);
    await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
    expect.soft(await sideways(page), `${what} at ${width}, letters of 200 %`).toEqual([]);
    await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
  }
  // Zoomed to 200 %, a window of 1440 × 900 has room for half of that.
  await page.setViewportSize({ width: 720, height: 450 });
  expect.soft(await sideways(page), `${what} at 1440, zoomed to 200 %`).toEqual([]);
}

async function seed(api: Api) {
  const knowledge: [string, string][] = [[`Where is ${WORD}?`, `Here: ${WORD}`], ["Do you deliver?", ARABIC]];
  const shop = await api.shop(NAME, knowledge);
  await api.call("chatbots/update", { id: shop.chatbot.id, greeting: WORD, fallback: ARABIC });
  const customer = await api.customer(shop, NAME);
  const row = await api.converse(customer, WORD);
  await api.write(customer, ARABIC);
  await api.call("messages/send", { conversation_id: row.id, text: WORD });
  await api.conversation(NAME, WORD);
  return { ...shop, row };
}

test("the inbox with any text in it", async ({ page, api, watch }) => {
  test.setTimeout(180_000);
  const { row } = await seed(api);
  await openSignedIn(page, `/inbox/${row.id}`);
  const inbox = new Inbox(page);
  await expect(inbox.bubble(WORD).first()).toBeVisible();
  await expectNarrow(page, "a thread");
  for (const [what, text] of [["a pasted link", WORD], ["Arabic", ARABIC], ["10,000 characters", `${WORD} `.repeat(25)], ["200 lines", `${"W".repeat(49)}\n`.repeat(200)]] as const) {
    await inbox.composer.fill(text);
    await expectNarrow(page, `${what} in the composer`);
    await page.setViewportSize({ width: 320, height: 640 });
    await expect(inbox.composer).toBeInViewport();
    await expect(inbox.thread.getByRole("button", { name: "Send", exact: true })).toBeInViewport({ ratio: 1 });
  }
  // What is under way, and what failed.
  watch.allow(/status of 409/);
  await page.route("**/api/v1/messages/send", (route) => route.fulfill({ status: 409, json: { code: "conflict", message: WORD, action: ARABIC } }));
  await inbox.composer.fill(WORD.repeat(20));
  await inbox.composer.press("Enter");
  await expect(inbox.log.getByRole("alert")).toBeVisible();
  await expectNarrow(page, "an unsent message");
  await open(page, `/inbox/${row.id}?details=1`);
  await expectNarrow(page, "details");
  await page.setViewportSize({ width: 1440, height: 900 });
  await inbox.details.getByRole("button", { name: "Erase contact…" }).click();
  await expectNarrow(page, "a dialog with a name");
  await open(page, "/inbox");
  await expectNarrow(page, "the list");
});

test("pages and dialogs with any text in them", async ({ page, api, watch }) => {
  test.setTimeout(240_000);
  watch.allow(/status of 4/);
  const { chatbot, integration } = await seed(api);
  await openSignedIn(page, "/chatbots");
  await expectNarrow(page, "chatbots");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Create chatbot" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Name").fill(NAME);
  await expectNarrow(page, "a dialog with a field");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  // A toast with the name.
  await expect(page.getByRole("status", { name: "Notices" }).getByText(NAME)).toBeVisible();
  await expectNarrow(page, "a toast");
  await open(page, `/chatbots/${chatbot.id}`);
  await page.getByLabel("Ask the chatbot").fill(`Where is ${WORD}?`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log", { name: "Trial answers" }).getByRole("listitem").nth(1)).toBeVisible();
  await page.getByLabel("Ask the chatbot").fill(WORD);
  await page.getByLabel("Greeting").fill(WORD.repeat(3));
  await expectNarrow(page, "a chatbot");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Add question" }).click();
  await dialog.getByLabel("Question").fill(WORD);
  await dialog.getByLabel("Answer").fill(WORD);
  await expectNarrow(page, "a question");
  await open(page, "/integrations");
  await expectNarrow(page, "integrations");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Connect WhatsApp" }).first().click();
  await dialog.getByLabel("Name", { exact: true }).fill(WORD);
  await dialog.getByLabel("App ID").fill(WORD);
  await dialog.getByLabel("Access token").fill(WORD);
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await expectNarrow(page, "connecting");
  await open(page, `/integrations/${integration.id}/events`);
  await expectNarrow(page, "the event log");
  await open(page, "/sandbox");
  const phone = new Phone(page);
  await page.getByRole("list", { name: "Customers" }).getByRole("button", { name: NAME }).click();
  await expect(phone.bubble(ARABIC).first()).toBeVisible();
  await expectNarrow(page, "the sandbox");
  await open(page, `/sign-in?error=credentials&email=${WORD}`);
  await expectNarrow(page, "sign-in");
  await open(page, `/no/such/${WORD.slice(0, 60)}`);
  await expectNarrow(page, "a page that is not there");
});

test("the chat of a website with any text in it", async ({ page, api }) => {
  test.setTimeout(120_000);
  const chatbot = await api.website(NAME, [["Where is my parcel?", WORD], ["Do you deliver?", ARABIC]]);
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(page);
  await widget.write("Where is my parcel?");
  await expect(widget.bubble(WORD)).toBeVisible();
  await widget.write(WORD);
  await widget.write(ARABIC);
  const field = page.getByRole("textbox", { name: "Message" });
  for (const text of [WORD, ARABIC, WORD.repeat(9)]) {
    await field.fill(text);
    await expectNarrow(page, "the widget");
    await expect(page.getByRole("button", { name: "Send" })).toBeInViewport({ ratio: 1 });
  }
});
