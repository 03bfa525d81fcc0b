// The people of a workspace: asked in by a link, given another role, taken out; and what belongs to oneself.
import type { Page } from "@playwright/test";
import { notice, openSignedIn, signIn } from "../support/pages";
import { OWNER } from "../support/server";
import { expect, test } from "../support/test";

const ADA = { name: "Ada Adler", email: "ada@shop.example", password: "correct horse battery" };

const member = (page: Page, name: string) =>
  page.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: name });

/** Chooses something from the menu of somebody. */
async function act(page: Page, name: string, what: string): Promise<void> {
  await member(page, name).getByRole("button", { name: `What to do with ${name}` }).click();
  await page.getByRole("button", { name: what, exact: true }).click();
}

test("somebody is asked in, comes in, gets another role and is taken out", async ({ page, somebody, server }) => {
  await openSignedIn(page, "/settings/people");
  await expect(member(page, OWNER.name)).toContainText("You");
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("Email").fill(ADA.email);
  await dialog.getByLabel("Role").selectOption("agent");
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByLabel("Invitation link").inputValue();
  expect(link).toContain(`${server.url}/join/`);
  await dialog.getByRole("button", { name: "Done" }).click();
  const open = page.getByRole("list", { name: "Open invitations" });
  await expect(open).toContainText(ADA.email);

  const hers = await (await somebody({ baseURL: server.url })).newPage();
  await hers.goto(link);
  await expect(hers.locator("html")).toHaveAttribute("data-hydrated", "true");
  await expect(hers.getByRole("main")).toContainText(`${OWNER.name} invites you`);
  await hers.getByLabel("Your name").fill(ADA.name);
  await hers.getByLabel("Password", { exact: true }).fill(ADA.password);
  await hers.getByRole("button", { name: "Join" }).click();
  await expect(hers).toHaveURL(/\/inbox/);

  // The owner's page hears of it.
  await expect(member(page, ADA.name)).toContainText("Agent");
  await expect(open).toHaveCount(0);
  await act(page, ADA.name, "Change role");
  const role = page.getByRole("dialog", { name: `Change the role of ${ADA.name}` });
  await role.getByLabel("Role").selectOption("admin");
  await role.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, `${ADA.name} has another role now.`)).toBeVisible();
  await expect(member(page, ADA.name)).toContainText("Admin");
  await hers.goto("/settings/people");
  await expect(member(hers, ADA.name)).toContainText("You");

  await act(page, ADA.name, "Do not let in any more");
  await page.getByRole("dialog").getByRole("button", { name: "Do not let in any more" }).click();
  await expect(member(page, ADA.name)).toContainText("Not let in");
  // Whatever she does next shows her out.
  await hers.reload();
  await expect(hers).toHaveURL(/\/sign-in/);

  await act(page, ADA.name, "Let in again");
  await expect(member(page, ADA.name)).not.toContainText("Not let in");
  await signIn(hers, ADA);
  await act(page, ADA.name, "Remove");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(member(page, ADA.name)).toHaveCount(0);
  await hers.goto("/inbox");
  await expect(hers).toHaveURL(/\/sign-in/);
  // The link was for once.
  await hers.goto(link);
  await expect(hers.getByRole("main")).toContainText("does not hold any more");
});

test("an invitation is withdrawn", async ({ page, api }) => {
  const { link } = await api.call<{ link: string }>("people/invite", { email: ADA.email, role: "agent" });
  await openSignedIn(page, "/settings/people");
  const row = page.getByRole("list", { name: "Open invitations" }).getByRole("listitem");
  await row.getByRole("button", { name: "Withdraw" }).click();
  await expect(notice(page, `The invitation to ${ADA.email} was withdrawn.`)).toBeVisible();
  await expect(row).toHaveCount(0);
  await page.goto(link);
  await expect(page.getByRole("main")).toContainText("does not hold any more");
});

test("an agent sees no page of people, and says who they are themselves", async ({ page, server }) => {
  const bo = await server.addUser("Bo Brook", "bo@shop.example", "agent");
  await openSignedIn(page, "/settings", bo);
  const tabs = page.getByRole("navigation", { name: "Settings" });
  await expect(tabs.getByRole("link", { name: "API tokens" })).toBeVisible();
  await expect(tabs.getByRole("link", { name: "People" })).toHaveCount(0);
  await page.getByLabel("Your name").fill("Bo Bridge");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "Your name was saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Your name")).toHaveValue("Bo Bridge");
});

test("a new password signs everybody else out", async ({ page, somebody, server }) => {
  const other = await (await somebody({ baseURL: server.url })).newPage();
  await openSignedIn(other, "/inbox");
  await openSignedIn(page, "/settings");
  const sign_ins = page.getByRole("list", { name: "Where you are signed in" }).getByRole("listitem");
  await expect(sign_ins).toHaveCount(2);
  await expect(sign_ins.filter({ hasText: "This browser" })).toHaveCount(1);
  await page.getByLabel("Current password").fill("a wrong password");
  await page.getByLabel("New password").fill("a wholly new one");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await page.getByLabel("Current password").fill(OWNER.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(notice(page, "Your password was changed.")).toBeVisible();
  await other.goto("/inbox");
  await expect(other).toHaveURL(/\/sign-in/);
  await page.reload();
  await expect(sign_ins).toHaveCount(1);
});

test("a token is made, shown once, and revoked", async ({ page, request, server }) => {
  await openSignedIn(page, "/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Make a token" });
  await dialog.getByLabel("What it is for").fill("Till");
  await dialog.getByLabel("Send messages").check();
  await dialog.getByRole("button", { name: "Make a token" }).click();
  const token = await dialog.getByLabel("Token", { exact: true }).inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("list", { name: "API tokens" }).getByRole("listitem").filter({ hasText: "Till" });
  await expect(row).toContainText(`…${token.slice(-4)}`);
  await expect(page.locator("body")).not.toContainText(token);
  const used = () => request.post(`${server.url}/api/v1/conversations/list`, { headers: { authorization: `Bearer ${token}` }, data: {} });
  expect((await used()).status()).toBe(200);
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(notice(page, "The token “Till” was revoked.")).toBeVisible();
  await expect(row).toHaveCount(0);
  expect((await used()).status()).toBe(401);
});
