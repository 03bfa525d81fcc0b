// The language of the pages: by choice, else as the browser asks; and what the pseudo-language shows of words that come from elsewhere.
import type { Page } from "@playwright/test";
import { KNOWLEDGE } from "../support/api";
import { META } from "../support/graph";
import { open, openSignedIn, signIn } from "../support/pages";
import { expect, test } from "../support/test";

/** What is neither a text of ours nor of this page: names, addresses, what customers write. */
const GIVEN = "[dir=auto], bdi, code, kbd, pre, option, .user-menu__small, .avatar, .segment[lang], svg, script, style, noscript";

/** What people read or hear on the page and the catalogue has not said: it marks its texts with brackets. */
async function strangers(page: Page, given = GIVEN): Promise<string[]> {
  return page.evaluate((given) => {
    const found = new Set<string>();
    const look = (element: Element, text: string | null) => {
      let left = text ?? "";
      // From inside to outside: what is filled in may be a text of the catalogue, too.
      for (let before = ""; before !== left; ) [before, left] = [left, left.replace(/\[[^[\]]*\]/g, "")];
      left = left.replace(/Parlance|WhatsApp|v\d+\.\d|[AP]M/g, "");
      if (/\p{L}{2}/u.test(left) && !element.closest(given)) found.add(`${element.tagName.toLowerCase()}: ${left.trim()}`);
    };
    for (const element of document.body.querySelectorAll("*")) {
      if (!element.checkVisibility() && !element.matches(".visually-hidden, .visually-hidden *")) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        // A card is called as its integration is.
        if (!element.matches("article")) look(element, element.getAttribute(name));
      }
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(element, node.textContent);
    }
    return [...found];
  }, given);
}

/** Whether all of the page is as wide as the window, however long its words are. */
async function fits(page: Page, what: string): Promise<void> {
  for (const width of [1440, 820, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(wide, `${what} at ${width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function speak(page: Page, server: { url: string }, language: string): Promise<void> {
  await page.context().addCookies([{ name: "language", value: language, url: server.url }]);
}

test("a page is in the language that the browser asks for, and in the one that somebody chose", async ({ somebody, server }) => {
  const page = await (await somebody({ locale: "pt-BR", baseURL: server.url })).newPage();
  await open(page, "/sign-in");
  await expect(page.locator("html")).toHaveAttribute("lang", "pt");
  await expect(page.getByRole("button", { name: "Entrar" })).toBeVisible();
  // Also what only the server can say.
  await page.getByLabel("E-mail").fill("nobody@shop.example");
  await page.getByLabel("Senha", { exact: true }).fill("something else");
  await page.getByRole("button", { name: "Entrar" }).click();
  await expect(page.getByRole("alert")).toContainText("E-mail ou senha incorretos.");
  await page.getByRole("group", { name: "Idioma" }).getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await openSignedIn(page, "/inbox");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});

test("visitors of a website are met in their language", async ({ somebody, server, api, watch }) => {
  watch.allow(/status of (404|503)|net::ERR/);
  const { chatbot } = await api.shop();
  await api.openWebsite(chatbot.id);
  const page = await (await somebody({ locale: "pt-BR", baseURL: server.url })).newPage();
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "pt");
  await page.getByPlaceholder("Escreva uma mensagem…").fill("oi");
  await page.route("**/api/widget/**", (route) => route.abort());
  await page.getByRole("button", { name: "Enviar" }).click();
  await expect(page.getByRole("status")).toContainText("Sem conexão.");
  await api.call("chatbots/set_website", { id: chatbot.id, active: false });
  await page.unrouteAll();
  await page.goto(`/widget/${chatbot.web_integration_id}`);
  await expect(page.getByRole("heading", { name: "Este chat está fechado" })).toBeVisible();
});

test("every word of sign-in and inbox comes from the catalogue, and has room to grow", async ({ page, api, server }) => {
  const { customer } = await api.shop();
  const row = await api.converse(customer, "hello there");
  await api.call("conversations/set_mode", { id: row.id, mode: "human" });
  await speak(page, server, "en-XA");
  await open(page, "/sign-in?error=credentials");
  expect.soft(await strangers(page), "sign-in").toEqual([]);
  await fits(page, "sign-in");
  await openSignedIn(page, "/inbox");
  expect.soft(await strangers(page), "the list").toEqual([]);
  await fits(page, "the list");
  await open(page, `/inbox/${row.id}?details=1`);
  // A line between the messages is the server's.
  await expect(page.getByRole("log").getByText("[Ÿöü").or(page.getByRole("log").getByText("[[Yöü"))).toBeVisible();
  expect.soft(await strangers(page), "a conversation").toEqual([]);
  await fits(page, "a conversation");
});

test("every word of the pages for managing comes from the catalogue, and has room to grow", async ({ page, api, server, watch }) => {
  watch.allow(/status of 404/);
  const { chatbot } = await api.shop("Rosa", KNOWLEDGE);
  await speak(page, server, "en-XA");
  await signIn(page);
  for (const path of ["/chatbots", `/chatbots/${chatbot.id}`, "/integrations", "/sandbox", "/no/such/page"]) {
    await open(page, path);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    expect.soft(await strangers(page), path).toEqual([]);
    await fits(page, path);
  }
});

test.describe("with Meta", () => {
  test.use({ meta: true });

  test("the dialog that connects a number, and what a test finds, are in the language of the page", async ({ page, api, server, graph }) => {
    await api.chatbot("Rosa", KNOWLEDGE);
    await speak(page, server, "en-XA");
    await signIn(page);
    await open(page, "/integrations");
    await page.locator(".empty-state .button--primary").click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator("#integration-name").fill("Shop");
    await dialog.locator("#phone-number-id").fill("+1 555 0100001");
    await dialog.locator("#app-id").focus();
    await expect(dialog.locator("#phone-number-id-error")).toContainText("[");
    expect.soft(await strangers(page), "the form").toEqual([]);
    await dialog.locator("#app-id").fill(META.app);
    await dialog.locator("#app-secret").fill(META.secret);
    await dialog.locator("#phone-number-id").fill(META.numbers[0]);
    await dialog.locator("#business-account-id").fill(META.account);
    await dialog.locator("#access-token").fill(META.token);
    await graph.change({ subscribed: [] });
    await dialog.locator(".dialog__actions .button").nth(1).click();
    await expect(dialog.locator('.test:not([aria-busy]) .step[data-state="failed"]')).toHaveCount(1);
    expect.soft(await strangers(page), "the test").toEqual([]);
    await fits(page, "the test");
  });
});
