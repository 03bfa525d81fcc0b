// A real message to one's own phone: the last check of a connection, on request only.
import { expectAccessible } from "../support/axe";
import { card, connect, expectToFit, NAME } from "../support/integrations";
import { openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

test.use({ meta: true });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ viewport: { width: 360, height: 740 }, colorScheme });

    test(`a test message goes out when it is asked for, ${colorScheme}`, async ({ page, api, graph, watch }) => {
      watch.allow(/status of 400/);
      await connect(api, await api.chatbot("Rosa"));
      await openSignedIn(page, "/integrations");
      await card(page).getByRole("button", { name: "Test", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: `Connection test of “${NAME}”` });
      await dialog.getByText("Send a real message").click();
      const number = dialog.getByLabel("Your own WhatsApp number");
      await number.fill("0151 0000001");
      await dialog.getByRole("button", { name: "Send test message" }).click();
      await expect(number).toHaveAttribute("aria-invalid", "true");
      expect(await graph.sent()).toEqual([]);
      await expectAccessible(page, "test message");
      await expectToFit(page, "test message");
      await number.fill("+49 151 0000001");
      await number.press("Enter");
      await expect(dialog.getByRole("status").filter({ hasText: "The test message is on its way." })).toBeVisible();
      expect(await graph.sent()).toEqual([expect.stringContaining("test message from Parlance")]);
      await page.screenshot({ path: test.info().outputPath("trial.png") });
    });
  });
}
