// Contacts: found, named, blocked, with fields of the workspace's own. Their numbers stay hidden until somebody asks.
import { mkdirSync } from "node:fs";
import { expectAccessible } from "../support/axe";
import { notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

const VIEWPORTS = [{ width: 1440, height: 900 }, { width: 768, height: 1024 }, { width: 390, height: 844 }];

test("a contact is found, named and kept", async ({ page, api }) => {
  const shop = await api.shop();
  await api.converse(shop.customer, "When do you open?");
  const bea = await api.customer(shop, "Beatriz Nogueira");
  await api.converse(bea, "Do you deliver to my home?");
  await openSignedIn(page, "/inbox");
  await page.getByRole("link", { name: "Contacts" }).click();
  const list = page.getByRole("list", { name: "Contacts" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page, "list of contacts");
  const search = page.getByRole("searchbox", { name: "Search contacts" });
  await search.fill("beat");
  await search.press("Enter");
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await expect(page).toHaveURL(/\/contacts\?q=beat$/);
  // The address can be given to a colleague.
  await page.reload();
  await expect(list.getByRole("link", { name: /Beatriz/ })).toBeVisible();
  await search.fill("nobody at all");
  await search.press("Enter");
  await expect(page.getByRole("heading", { name: "Nobody found" })).toBeVisible();
  await page.getByRole("link", { name: "Show all contacts" }).click();
  await list.getByRole("link", { name: /Beatriz/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Beatriz Nogueira" })).toBeVisible();
  await expectAccessible(page, "a contact");
  await page.getByLabel("Name", { exact: true }).fill("Bea from the market");
  await page.getByRole("region", { name: "About" }).getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "The contact is saved.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bea from the market");
  await api.converse({ ...bea, name: "Bea from the market" }, "How can I return a bouquet?");
  await page.getByRole("region", { name: "Conversations" }).getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Bea from the market" }).first()).toBeVisible();
});

test("a number is hidden until it is asked for, and that is on record", async ({ page, api }) => {
  const shop = await api.shop();
  await api.converse(shop.customer, "When do you open?");
  const { rows } = await api.call<{ rows: { id: string }[] }>("contacts/list");
  await openSignedIn(page, `/contacts/${rows[0].id}`);
  const digits = (shop.customer.phone ?? "").replace(/\D/g, "");
  expect(digits.length).toBeGreaterThan(7);
  expect(await page.content()).not.toContain(digits);
  await page.getByRole("button", { name: "Show the whole number" }).click();
  await expect(page.getByText(`+${digits}`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Show the whole number" })).toHaveCount(0);
  const log = await api.call<{ rows: { subject_id: string }[] }>("audit/list", { action: "number_revealed" });
  expect(log.rows.map((row) => row.subject_id)).toEqual([rows[0].id]);
  await page.reload();
  expect(await page.content()).not.toContain(digits);
});

test("fields of one's own are made, filled in and deleted", async ({ page, api }) => {
  const shop = await api.shop();
  await api.converse(shop.customer, "When do you open?");
  const { rows } = await api.call<{ rows: { id: string }[] }>("contacts/list");
  await openSignedIn(page, "/contacts");
  await page.getByRole("button", { name: "Fields" }).click();
  const dialog = page.getByRole("dialog", { name: "Fields of contacts" });
  await expect(dialog.getByText("There is no field yet.")).toBeVisible();
  await dialog.getByLabel("Label").fill("Customer number");
  await dialog.getByRole("button", { name: "Add field" }).click();
  await expect(dialog.getByText("customer_number")).toBeVisible();
  await dialog.getByLabel("Label").fill("Level");
  await dialog.getByLabel("What it holds").selectOption("Choice");
  await dialog.getByLabel("Choices").fill("Gold\nSilver");
  await dialog.getByRole("button", { name: "Add field" }).click();
  await expect(dialog.getByText("level", { exact: true })).toBeVisible();
  await expectAccessible(page, "fields of contacts");
  await dialog.getByRole("button", { name: "Close" }).click();
  await open(page, `/contacts/${rows[0].id}`);
  await page.getByLabel("Customer number").fill("A-17");
  await page.getByLabel("Level").selectOption("Gold");
  await page.getByRole("region", { name: "About" }).getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "The contact is saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Customer number")).toHaveValue("A-17");
  await expect(page.getByLabel("Level")).toHaveValue("Gold");
  await open(page, "/contacts");
  await page.getByRole("button", { name: "Fields" }).click();
  await dialog.getByRole("button", { name: "Delete the field “Level”" }).click();
  await page.getByRole("dialog", { name: "Delete the field “Level”?" }).getByRole("button", { name: "Delete", exact: true }).click();
  await expect(notice(page, "The field was deleted.")).toBeVisible();
  await expect(dialog.getByText("level", { exact: true })).toHaveCount(0);
});

test("a blocked contact is kept and not answered", async ({ page, api }) => {
  const shop = await api.shop();
  const row = await api.answered(shop.customer, "When do you open?", "We are open from nine to six, Monday to Saturday.");
  const { rows } = await api.call<{ rows: { id: string }[] }>("contacts/list");
  await openSignedIn(page, `/contacts/${rows[0].id}`);
  await page.getByRole("button", { name: "Block" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
  await expect(notice(page, "The contact is blocked.")).toBeVisible();
  await expect(page.getByText("Blocked", { exact: true })).toBeVisible();
  await expectAccessible(page, "a blocked contact");
  const before = (await api.messages(row)).length;
  await api.converse(shop.customer, "Do you deliver to my home?");
  expect((await api.messages(row)).length).toBe(before + 1);
  expect((await api.rows()).find((r) => r.id === row.id)?.unread).toBe(0);
  await open(page, "/contacts?filter=blocked");
  await page.getByRole("list", { name: "Contacts" }).getByRole("link").click();
  await page.getByRole("button", { name: "Unblock" }).click();
  await expect(notice(page, "The contact is no longer blocked.")).toBeVisible();
  await api.answered(shop.customer, "How can I return a bouquet?", "Bring it back within two days and we exchange it.");
});

test("a consent is noted with its source", async ({ page, api, watch }) => {
  watch.allow(/status of 400/);
  const shop = await api.shop();
  await api.converse(shop.customer, "When do you open?");
  const { rows } = await api.call<{ rows: { id: string }[] }>("contacts/list");
  await openSignedIn(page, `/contacts/${rows[0].id}`);
  const panel = page.getByRole("region", { name: "Consent to be written to" });
  await panel.getByLabel("They").selectOption("agreed (opted in)");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText("This must not be empty.")).toBeVisible();
  await panel.getByLabel("Where it comes from").fill("Form on the website");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "The consent is noted.")).toBeVisible();
  await open(page, "/contacts");
  await expect(page.getByText("Opted in")).toBeVisible();
});

for (const viewport of VIEWPORTS) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${viewport.width} wide, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test("nothing of the contacts leaves the screen", async ({ page, api }) => {
        const shop = await api.shop();
        await api.converse(shop.customer, "When do you open?");
        const long = await api.customer(shop, "Maximiliane Charlotte von Hohenfels-Donnersmarck");
        await api.converse(long, "Do you deliver to my home?");
        await api.call("contact_fields/save", { label: "Customer number" });
        await api.call("contact_fields/save", { label: "Birthday", kind: "date" });
        await api.call("contact_fields/save", { label: "Level", kind: "choice", choices: ["Gold", "Silver"] });
        const { rows } = await api.call<{ rows: { id: string }[] }>("contacts/list");
        await api.call("contacts/set_blocked", { id: rows[1].id, blocked: true });
        await api.call("contacts/set_consent", { id: rows[0].id, consent: "opted_in", source: "Form" });
        await openSignedIn(page, "/contacts");
        for (const [name, path] of [["list", "/contacts"], ["contact", `/contacts/${rows[0].id}`], ["blocked", `/contacts/${rows[1].id}`]]) {
          await open(page, path);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(beyond, path).toBeLessThanOrEqual(0);
          await expectAccessible(page, `${name}, ${viewport.width} ${colorScheme}`);
          if (process.env.SCREENSHOTS) {
            mkdirSync(process.env.SCREENSHOTS, { recursive: true });
            const file = `${process.env.SCREENSHOTS}/contacts-${name}-${viewport.width}-${colorScheme}.png`;
            await page.screenshot({ path: file, fullPage: true });
          }
        }
      });
    });
  }
}
