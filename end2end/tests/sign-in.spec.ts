// Signing in and reading, without any script: what the server sends is enough.
import { KNOWLEDGE } from "../support/api";
import { Inbox, signIn } from "../support/pages";
import { OWNER, WORKSPACE } from "../support/server";
import { expect, test } from "../support/test";

test.use({ javaScriptEnabled: false });

test("a stranger signs in and comes to where they wanted to go", async ({ page }) => {
  await page.goto("/integrations?from=mail");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page).toHaveTitle("Sign in · Parlance");
  await page.getByLabel("Email").fill(` ${OWNER.email.toUpperCase()}`);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/integrations\?from=mail$/);
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
});

test("a wrong password is told from a wrong page, and keeps the address and the way back", async ({ page }) => {
  await page.goto("/sign-in?next=%2Fchatbots");
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill("not the right one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Email or password is wrong.");
  await expect(page.getByLabel("Email")).toHaveValue(OWNER.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/chatbots$/);
});

test("nobody is sent to another site after signing in", async ({ page, server }) => {
  await page.goto(`/sign-in?next=${encodeURIComponent("//evil.example/")}`);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${server.url}/inbox`);
});

test("signing out ends the session", async ({ page }) => {
  await signIn(page);
  await page.goto("/chatbots");
  await page.getByRole("button", { name: "Account" }).click();
  const menu = page.getByRole("group", { name: "Account" });
  await expect(menu).toContainText(OWNER.name);
  await expect(menu).toContainText(WORKSPACE);
  await menu.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto("/chatbots");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fchatbots$/);
});

test("the pages come with their content", async ({ page, api }) => {
  const { customer, chatbot } = await api.shop();
  const [[question, answer]] = KNOWLEDGE;
  const row = await api.answered(customer, question, answer);
  await signIn(page);
  const inbox = new Inbox(page);
  await page.goto("/");
  await expect(page).toHaveURL(/\/inbox$/);
  await expect(inbox.row("Ada Example")).toContainText("WhatsApp");
  await page.goto(`/inbox/${row.id}`);
  await expect(inbox.bubble(question)).toBeVisible();
  await expect(inbox.bubble(answer)).toBeVisible();
  await expect(inbox.details).toContainText("WhatsApp sandbox");
  await page.goto(`/chatbots/${chatbot.id}`);
  await expect(page.getByRole("heading", { level: 1, name: "Rosa" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Questions" }).getByRole("listitem")).toHaveCount(3);
  await page.goto("/sandbox");
  await expect(page.getByRole("region", { name: "Phone" })).toContainText(answer);
});

test("addresses that lead nowhere say so with their status", async ({ page, watch }) => {
  watch.allow(/status of 404/);
  await signIn(page);
  const nobody = "00000000-0000-4000-8000-000000000000";
  for (const [path, text] of [
    ["/no/such/page", "There is no such page"],
    [`/inbox/${nobody}`, "The conversation does not exist"],
    ["/inbox/mistyped", "The conversation does not exist"],
    [`/chatbots/${nobody}`, "The chatbot does not exist"],
    ["/chatbots/mistyped", "The chatbot does not exist"],
    [`/widget/${nobody}`, "This chat does not exist"],
  ]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByText(text).first(), path).toBeVisible();
  }
});
