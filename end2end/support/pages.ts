// What people do and see, in the words of the pages.
import { expect, type Locator, type Page } from "@playwright/test";
import { OWNER, type Person } from "./server";

/** Signs in without the form, for tests that are not about it. */
export async function signIn(page: Page, who: Person = OWNER): Promise<void> {
  const form = { email: who.email, password: who.password, next: "/inbox" };
  const answer = await page.request.post("/sign-in", { form, maxRedirects: 0 });
  expect(answer.headers().location).toBe("/inbox");
}

/** Waits until the page reacts to people. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

/** Opens an address and waits until the page reacts. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}

/** Opens an address as the owner, or as somebody else. */
export async function openSignedIn(page: Page, path: string, who: Person = OWNER): Promise<void> {
  await signIn(page, who);
  await open(page, path);
}

/** A short notice that something succeeded. */
export function notice(page: Page, text: string | RegExp): Locator {
  return page.getByRole("status", { name: "Notices" }).getByText(text);
}

export class Inbox {
  constructor(readonly page: Page) {}

  row(name: string | RegExp): Locator {
    return this.page.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ hasText: name });
  }

  async choose(name: string | RegExp): Promise<void> {
    await this.row(name).getByRole("link").click();
    await expect(this.thread).toBeVisible();
  }

  get thread(): Locator {
    return this.page.getByRole("region", { name: "Conversation" });
  }

  get log(): Locator {
    return this.thread.getByRole("log", { name: "Messages" });
  }

  get details(): Locator {
    return this.page.getByRole("complementary", { name: "Details" });
  }

  get composer(): Locator {
    return this.thread.getByRole("textbox", { name: "Message" });
  }

  /** The bubble with that text. */
  bubble(text: string | RegExp): Locator {
    return this.log.locator("li").filter({ hasText: text });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.thread.getByRole("button", { name: "Send", exact: true }).click();
  }
}

export class Phone {
  constructor(readonly page: Page) {}

  get screen(): Locator {
    return this.page.getByRole("region", { name: "Phone" });
  }

  get log(): Locator {
    return this.screen.getByRole("log", { name: "Messages" });
  }

  bubble(text: string | RegExp): Locator {
    return this.log.locator("li").filter({ hasText: text });
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole("list", { name: "Customers" }).getByRole("button", { name }).click();
    await expect(this.screen).toContainText(`On the phone of ${name}`);
  }

  async write(text: string): Promise<void> {
    await this.screen.getByRole("textbox", { name: "Message" }).fill(text);
    await this.screen.getByRole("button", { name: "Send", exact: true }).click();
  }
}

export class Widget {
  constructor(readonly page: Page) {}

  get log(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  bubble(text: string | RegExp): Locator {
    return this.log.locator("li").filter({ hasText: text });
  }

  async write(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }
}
