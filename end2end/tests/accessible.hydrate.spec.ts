// axe-core on every page with content, in both themes.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { open, signIn } from "../support/pages";
import { expect, test } from "../support/test";

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test(`every page is accessible, ${theme}`, async ({ page, api, watch }) => {
      test.setTimeout(240_000);
      watch.allow(/status of 404/);
      const shop = await api.shop();
      const [[question, answer]] = KNOWLEDGE;
      const row = await api.answered(shop.customer, question, answer);
      await api.call("messages/send", { conversation_id: row.id, text: "And I am a person." });
      const second = await api.converse(await api.customer(shop, "Bob Unread"), "Nobody has read this yet");
      await api.call("conversations/set_status", { id: second.id, status: "resolved" });

      await open(page, "/sign-in");
      await expectAccessible(page, `sign-in, ${theme}`);
      await open(page, "/sign-in?error=credentials");
      await expectAccessible(page, `sign-in refused, ${theme}`);
      await open(page, "/set-up");
      await expectAccessible(page, `set-up, closed, ${theme}`);
      await signIn(page);
      const nobody = "00000000-0000-4000-8000-000000000000";
      for (const path of [
        "/inbox",
        "/inbox?status=all",
        "/inbox?channel=web&status=resolved",
        `/inbox/${row.id}`,
        `/inbox/${second.id}?status=resolved`,
        `/inbox/${nobody}`,
        "/chatbots",
        `/chatbots/${shop.chatbot.id}`,
        `/chatbots/${nobody}`,
        "/integrations",
        `/integrations/${shop.integration.id}/events`,
        `/integrations/${nobody}/events`,
        "/sandbox",
        "/no/such/page",
      ]) {
        await open(page, path);
        await expect(page.getByText("Loading…")).toHaveCount(0);
        await expectAccessible(page, `${path}, ${theme}`);
      }
      await open(page, "/inbox");
      await page.getByRole("button", { name: "Account" }).click();
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
      await expectAccessible(page, `account menu, ${theme}`);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
      await expectAccessible(page, `keyboard shortcuts, ${theme}`);
      await open(page, "/sandbox");
      await page.getByRole("button", { name: "Add customer" }).click();
      await expectAccessible(page, `add a customer, ${theme}`);
      await open(page, "/integrations");
      await page.getByRole("button", { name: "Connect WhatsApp" }).click();
      await expectAccessible(page, `connect, ${theme}`);
    });
  });
}
