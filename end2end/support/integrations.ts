// Connecting and managing numbers, in the words of the pages.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Api, Chatbot, Integration } from "./api";
import { META } from "./graph";

export const NAME = "Online shop";

/** The modal in which a number is connected or changed. */
export class Modal {
  readonly dialog: Locator;

  constructor(
    readonly page: Page,
    title: string | RegExp = "Connect WhatsApp",
  ) {
    this.dialog = page.getByRole("dialog", { name: title });
  }

  field(label: string): Locator {
    return this.dialog.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.dialog.getByRole("button", { name, exact: true });
  }

  /** The step of the connection test with that name. */
  step(name: string): Locator {
    return this.dialog.locator(".step").filter({ has: this.page.locator(".step__name").getByText(name, { exact: true }) });
  }

  /** Enters what a person would copy from Meta's console. */
  async fill(change: Record<string, string> = {}): Promise<void> {
    const values: Record<string, string> = {
      Name: NAME,
      "App ID": META.app,
      "App secret": META.secret,
      "Phone number ID": META.numbers[0],
      "WhatsApp Business Account ID": META.account,
      "Access token": META.token,
      ...change,
    };
    for (const [label, value] of Object.entries(values)) await this.field(label).fill(value);
  }
}

export function card(page: Page, name: string | RegExp = NAME): Locator {
  return page.getByRole("article", { name });
}

/** Opens the menu of a card and chooses from it. */
export async function choose(page: Page, item: string, name: string | RegExp = NAME): Promise<void> {
  await card(page, name).getByRole("button", { name: "More" }).click();
  await card(page, name).getByRole("group", { name: "More" }).getByText(item, { exact: true }).click();
}

/** Connects the double's number, not through the pages. */
export async function connect(api: Api, chatbot: Chatbot): Promise<Integration & { callback_url: string }> {
  return api.call("integrations/whatsapp/create", {
    chatbot_id: chatbot.id,
    name: NAME,
    phone_number_id: META.numbers[0],
    business_account_id: META.account,
    access_token: META.token,
    app_id: META.app,
    app_secret: META.secret,
    on_failed_test: "save",
  });
}

/** No page may be wider than the screen. */
export async function expectToFit(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(wide, `${where} is too wide`).toBeLessThanOrEqual(0);
  const inside = await page.evaluate(() => {
    const dialog = document.querySelector<HTMLElement>("dialog[open]");
    return dialog ? dialog.scrollWidth - dialog.clientWidth : 0;
  });
  expect.soft(inside, `a dialog of ${where} scrolls sideways`).toBeLessThanOrEqual(0);
}
