// The session while the app runs: its end, the theme, the way out.
import { alive, Inbox, open, openSignedIn } from "../support/pages";
import { OWNER } from "../support/server";
import { expect, test } from "../support/test";

test("a session that ends while a page is open leads to sign-in and back to the place", async ({ page, context, api, watch }) => {
  watch.allow(/status of 401/);
  const { customer } = await api.shop();
  const row = await api.converse(customer, "Hello?");
  await openSignedIn(page, "/inbox?channel=whatsapp");
  await context.clearCookies();
  // The page finds out when it next asks for something. A click would do, too, but any news may come before it.
  await api.write(customer, "Still there?");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/inbox/);
  await expect(page).toHaveURL(new RegExp(`channel=whatsapp`));
  await alive(page);
  await new Inbox(page).choose("Ada Example");
  await expect(page).toHaveURL(new RegExp(row.id));
});

test("the theme is kept, and the server renders it at once", async ({ page }) => {
  await openSignedIn(page, "/chatbots");
  await page.getByRole("button", { name: "Account" }).click();
  const themes = page.getByRole("group", { name: "Theme" });
  await expect(themes.getByRole("button", { name: "System" })).toHaveAttribute("aria-pressed", "true");
  const ink = await page.locator("body").evaluate((body) => getComputedStyle(body).color);
  await themes.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(themes.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("body")).not.toHaveCSS("color", ink);
  const source = await (await page.request.get("/chatbots")).text();
  expect(source).toContain('data-theme="dark"');
  await open(page, "/chatbots");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("signing out from the menu", async ({ page, watch }) => {
  // The browser may show the page before once more; it then finds out that nobody is signed in.
  watch.allow(/status of 401/);
  await openSignedIn(page, "/inbox");
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/sign-in/);
});
