// The people of a workspace: asked in by a link, given another role, taken out; and what belongs to oneself.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { notice, open, openSignedIn, signIn } from "../support/pages";
import { OWNER } from "../support/server";
import { expect, test } from "../support/test";

const ADA = { name: "Ada Adler", email: "ada@shop.example", password: "correct horse battery" };

/** What an authenticator app shows now (RFC 6238). */
function totp(secret: string): string {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = hash[hash.length - 1] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Calls an operation as the person who is signed in there. */
async function inPerson<T>(page: Page, operation: string, data: object): Promise<T> {
  const answer = await page.request.post(`/api/v1/${operation}`, { data });
  expect(answer.status(), operation).toBe(200);
  return (await answer.json()) as T;
}

const member = (page: Page, name: string) =>
  page.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: name });

/** Chooses something from the menu of somebody. */
async function act(page: Page, name: string, what: string): Promise<void> {
  await member(page, name).getByRole("button", { name: `What to do with ${name}` }).click();
  await page.getByRole("button", { name: what, exact: true }).click();
}

test("somebody is asked in, comes in, gets another role and is taken out", async ({ page, somebody, server, watch }) => {
  watch.allow(/status of 401/, /status of 404 .*invitations\/get/);
  await openSignedIn(page, "/settings/people");
  await expect(member(page, OWNER.name)).toContainText("You");
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("Email").fill(ADA.email);
  await dialog.getByLabel("Role").selectOption("agent");
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.getByLabel("Invitation link").inputValue();
  expect(link).toContain(`${server.url}/join#`);
  await dialog.getByRole("button", { name: "Done" }).click();
  const invited = page.getByRole("list", { name: "Open invitations" });
  await expect(invited).toContainText(ADA.email);

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
  await expect(invited).toHaveCount(0);
  await act(page, ADA.name, "Change role");
  const role = page.getByRole("dialog", { name: `Change the role of ${ADA.name}` });
  await role.getByLabel("Role").selectOption("admin");
  await role.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, `${ADA.name} has another role now.`)).toBeVisible();
  await expect(member(page, ADA.name)).toContainText("Admin");
  await hers.goto("/settings/people");
  await expect(member(hers, ADA.name)).toContainText("You");

  await act(page, ADA.name, "Deactivate");
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(member(page, ADA.name)).toContainText("Deactivated");
  // Whatever she does next shows her out.
  await hers.reload();
  await expect(hers).toHaveURL(/\/sign-in/);

  await act(page, ADA.name, "Reactivate");
  await expect(member(page, ADA.name)).not.toContainText("Deactivated");
  await signIn(hers, ADA);
  await act(page, ADA.name, "Remove");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(member(page, ADA.name)).toHaveCount(0);
  await hers.goto("/inbox");
  await expect(hers).toHaveURL(/\/sign-in/);
  // The link was for once.
  await hers.goto(link);
  await expect(hers.getByRole("main")).toContainText("is not valid any more");
});

test("an invitation is withdrawn", async ({ page, watch }) => {
  watch.allow(/status of 404 .*invitations\/get/);
  await signIn(page);
  const { link } = await inPerson<{ link: string }>(page, "people/invite", { email: ADA.email, role: "agent" });
  await open(page, "/settings/people");
  const row = page.getByRole("list", { name: "Open invitations" }).getByRole("listitem");
  await row.getByRole("button", { name: "Withdraw" }).click();
  await expect(notice(page, `The invitation to ${ADA.email} was withdrawn.`)).toBeVisible();
  await expect(row).toHaveCount(0);
  await page.goto(link);
  await expect(page.getByRole("main")).toContainText("is not valid any more");
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

test("a new password signs everybody else out", async ({ page, somebody, server, watch }) => {
  watch.allow(/status of 400 .*change_password/);
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
  await page.getByRole("button", { name: "Create a token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create a token" });
  await dialog.getByLabel("What it is for").fill("Till");
  await dialog.getByLabel("Send messages").check();
  await dialog.getByRole("button", { name: "Create a token" }).click();
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

test("a second factor is set up, asked for, and given up", async ({ page, somebody, server, watch }) => {
  watch.allow(/status of 400 .*confirm_second_factor/);
  await openSignedIn(page, "/settings");
  const panel = page.getByRole("region", { name: "Two-factor authentication" });
  await panel.getByRole("button", { name: "Set it up" }).click();
  const dialog = page.getByRole("dialog", { name: "Two-factor authentication" });
  await dialog.getByLabel("Your password").fill(OWNER.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("img", { name: "QR code for the app" })).toBeVisible();
  const secret = await dialog.getByRole("code").innerText();
  await dialog.getByRole("textbox", { name: "Code" }).fill("000000");
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await expect(dialog.getByText("This is not the code of your app.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Code" }).fill(totp(secret));
  await dialog.getByRole("button", { name: "Switch on" }).click();
  const codes = dialog.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const recovery = await codes.first().innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(panel).toContainText("10 recovery codes left.");

  const other = await (await somebody({ baseURL: server.url, javaScriptEnabled: false })).newPage();
  await other.goto("/sign-in");
  await other.getByLabel("Email").fill(OWNER.email);
  await other.getByLabel("Password").fill(OWNER.password);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByLabel("Code").fill("123456");
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("alert")).toContainText("This code is not valid now.");
  await other.getByLabel("Code").fill(recovery);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other).toHaveURL(/\/inbox/);

  await open(page, "/settings");
  await expect(panel).toContainText("9 recovery codes left.");
  await panel.getByRole("button", { name: "Switch off" }).click();
  const off = page.getByRole("dialog", { name: "Switch off" });
  await off.getByLabel("Your password").fill(OWNER.password);
  await off.getByRole("button", { name: "Switch off" }).click();
  await expect(notice(page, "Two-factor authentication is off.")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Set it up" })).toBeVisible();
});

test("a workspace demands a second factor", async ({ page, somebody, server }) => {
  const bo = await server.addUser("Bo Brook", "bo@shop.example", "agent");
  const his = await (await somebody({ baseURL: server.url })).newPage();
  await openSignedIn(page, "/settings");
  const { secret } = await inPerson<{ secret: string }>(page, "account/begin_second_factor", { password: OWNER.password });
  await inPerson(page, "account/confirm_second_factor", { code: totp(secret) });
  await open(page, "/settings");
  await page.getByLabel("Require two-factor authentication").check();
  await page.getByRole("region", { name: "Workspace", exact: true }).getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "The workspace was saved.")).toBeVisible();
  await signIn(his, bo);
  await his.goto("/inbox");
  await expect(his).toHaveURL(/\/settings$/);
  await expect(his.getByText("This workspace requires two-factor authentication.")).toBeVisible();
  await inPerson(page, "workspaces/update", { second_factor_needed: false });
  await his.goto("/inbox");
  await expect(his).toHaveURL(/\/inbox/);
});

test("the audit log says who did what, and by whom it was", async ({ page, server }) => {
  await server.addUser("Bo Brook", "bo@shop.example", "agent");
  await signIn(page);
  await inPerson(page, "people/invite", { email: ADA.email, role: "agent" });
  await open(page, "/settings/audit");
  const rows = page.getByRole("list", { name: "Audit log" }).getByRole("listitem");
  await expect(rows.filter({ hasText: "Person invited" })).toContainText(ADA.email);
  await expect(rows.filter({ hasText: "Person added: Bo Brook" })).toContainText("Command line");
  await page.getByLabel("What", { exact: true }).selectOption({ label: "Signed in" });
  await expect(page).toHaveURL(/action=signed_in/);
  await expect(rows.filter({ hasText: "Person invited" })).toHaveCount(0);
  await expect(rows.first()).toContainText(OWNER.name);
  await page.getByLabel("When", { exact: true }).selectOption({ label: "Last 7 days" });
  await expect(page).toHaveURL(/action=signed_in&days=7/);
  await page.reload();
  await expect(page.getByLabel("What", { exact: true })).toHaveValue("signed_in");
  await expect(rows.first()).toContainText("Signed in");
  // The file has what is listed, and no more.
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("audit.csv");
  const lines = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n").slice(1);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => line.includes(",signed_in,"))).toBe(true);
});
