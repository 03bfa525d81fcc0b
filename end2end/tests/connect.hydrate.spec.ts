// Connecting a WhatsApp number: the form, the test with its steps, saving, and the first message.
import { expectAccessible } from "../support/axe";
import { META } from "../support/graph";
import { card, expectToFit, Modal, NAME } from "../support/integrations";
import { notice, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";
import { deliver, message } from "../support/webhook";

test.use({ meta: true });

test("from an empty form to the first message", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill();
  await expect(modal.dialog.getByRole("link", { name: /^App settings → Basic/ })).toHaveAttribute("href", new RegExp(`/${META.app}/settings/basic/`));
  await modal.button("Connect").click();

  await expect(modal.dialog.getByRole("heading", { name: "Tell Meta where to send messages" })).toBeVisible();
  await expect(notice(page, `“${NAME}” is saved.`)).toBeVisible();
  await expect(modal.dialog.getByRole("img", { name: /^QR code/ })).toBeVisible();
  await expect(modal.dialog.getByRole("link", { name: "https://wa.me/15550100001" })).toBeVisible();
  await expect(modal.dialog.getByText("Waiting for your first message…")).toBeVisible();
  await expectAccessible(page, "after saving");
  const callback = await modal.dialog.locator("code", { hasText: "/api/whatsapp/webhook/" }).innerText();
  const token = await modal.dialog.locator(".copy-line", { hasText: "Verify token" }).locator("code").innerText();

  // What Meta does with the two values.
  const challenge = `${callback}?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=${token}`;
  expect(await (await fetch(challenge)).text()).toBe("4711");
  expect(await deliver(callback, message("Hello, is anybody there?"))).toBe(200);
  await expect(modal.dialog.getByText("Received! Messages to this number arrive.")).toBeVisible();
  await modal.button("Done").click();
  await expect(modal.dialog).toBeHidden();
  await expect(card(page).getByText("Connected", { exact: true })).toBeVisible();
  await expect(card(page)).toContainText("Flower Shop");
});

test("a server that Meta cannot reach says so before anything is entered, and how to give it an address", async ({ page, api, server }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  const note = modal.dialog.getByRole("note");
  await expect(note).toContainText(`This server’s address, ${server.url}, is this very machine, which Meta cannot reach.`);
  await expect(note).toContainText("PARLANCE_PUBLIC_URL=https://");
  await expect(note).toContainText("tunnel");
  await expectAccessible(page, "connect on a local server");
  await modal.fill();
  await modal.button("Connect").click();
  await expect(modal.dialog.getByRole("heading", { name: "Tell Meta where to send messages" })).toBeVisible();
  await expect(note).toContainText("Meta cannot reach");
});

test("each field says what is wrong as soon as it is left", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  for (const [label, value, says] of [
    ["App ID", "app-7", "An id consists of digits only."],
    ["App secret", "two words", "There is a space or line break in it."],
    ["Phone number ID", "+1 555 0100001", "This looks like a phone number."],
    ["WhatsApp Business Account ID", "12", "An id has about 15 digits."],
    ["Access token", "EAAG é", "There is a space or line break in it."],
  ]) {
    await modal.field(label).fill(value);
    await modal.field(label).blur();
    await expect(modal.dialog.getByText(says)).toBeVisible();
    await expect(modal.field(label)).toHaveAttribute("aria-invalid", "true");
    await modal.field(label).fill("");
  }
  await modal.fill({ "Phone number ID": META.account });
  await modal.field("WhatsApp Business Account ID").fill(META.account);
  await modal.field("WhatsApp Business Account ID").blur();
  await expect(modal.dialog.getByText("This is the same as the phone number ID.")).toBeVisible();
  await modal.field("Name").fill("");
  await modal.button("Connect").click();
  await expect(modal.field("Name")).toBeFocused();
  await expectAccessible(page, "with faults in the fields");
});

test("secrets are shown only on demand", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  const token = modal.field("Access token");
  await expect(token).toHaveAttribute("type", "password");
  await modal.dialog.locator(".field").filter({ hasText: "Access token" }).getByRole("button", { name: "Show" }).click();
  await expect(token).toHaveAttribute("type", "text");
});

test("steps of the test come in one by one, and are mended where they stand", async ({ page, api, graph }) => {
  await api.chatbot("Rosa");
  await graph.change({ subscribed: [] });
  await graph.fail("account", "silence");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill();
  await modal.button("Test").click();
  // Meta takes its time with one question; the others are answered meanwhile.
  await expect(modal.step("Access token")).toContainText("In order");
  await expect(modal.step("Business account")).toContainText("Checking…");
  await expect(modal.dialog.getByRole("status").getByText("Testing…")).toBeVisible();
  await graph.mend();
  await expect(modal.step("Business account")).toContainText("In order");
  await expect(modal.dialog.getByText("Something has to be fixed.")).toBeVisible();
  await expect(modal.step("App is subscribed")).toContainText("Failed");
  await expectAccessible(page, "a test with a failure");
  // The one thing missing can be done from here.
  await modal.step("App is subscribed").getByRole("button", { name: "Subscribe" }).click();
  await expect(modal.step("App is subscribed")).toContainText("In order");
  expect(await graph.subscribed()).toEqual([META.app]);
  await expect(modal.dialog.getByText("Callback URL", { exact: true }).first()).toBeVisible();
});

test("a refused token is told with Meta's code, and can be replaced or saved all the same", async ({ page, api, watch }) => {
  watch.allow(/status of 422/);
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill({ "Access token": "EAAGsomethingElse" });
  await modal.button("Connect").click();
  await expect(modal.step("Access token")).toContainText("Failed");
  await expect(modal.step("Access token")).toContainText("Meta’s code 190");
  await expect(modal.field("Access token")).toHaveAttribute("aria-invalid", "true");
  await modal.step("Access token").getByRole("button", { name: "Replace token" }).click();
  await expect(modal.field("Access token")).toBeFocused();
  await expectAccessible(page, "refused by Meta");
  await modal.button("Save anyway").click();
  await expect(modal.dialog.getByText("Callback URL", { exact: true })).toBeVisible();
  await modal.button("Done").click();
  await expect(card(page).getByText("Error", { exact: true })).toBeVisible();
  await card(page).getByRole("button", { name: "Replace token" }).click();
  const edit = new Modal(page, `Manage “${NAME}”`);
  await expect(edit.field("Access token")).toBeFocused();
  await edit.field("Access token").fill(META.token);
  await edit.button("Save").click();
  await expect(edit.dialog).toBeHidden();
  await expect(card(page).getByText("Waiting for the first message")).toBeVisible();
});

test("another number of the account is offered", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill({ "Phone number ID": "316000000000099" });
  await modal.button("Test").click();
  const choices = modal.step("Number belongs to account").getByRole("list", { name: "Numbers of the account" });
  await expect(choices.getByRole("button")).toHaveCount(2);
  await choices.getByRole("button", { name: /evenings/ }).click();
  await expect(modal.field("Phone number ID")).toHaveValue(META.numbers[1]);
  await expect(modal.dialog.getByText("Everything is in order.")).toBeVisible();
});

test("trouble on the way to Meta is told apart from wrong entries", async ({ page, api, graph }) => {
  await api.chatbot("Rosa");
  for (const call of ["debug_token", "number", "account", "phone_numbers", "subscribed_apps"] as const) {
    // As the network of a hotel answers.
    await graph.fail(call, { html: 200 });
  }
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill();
  await modal.button("Test").click();
  await expect(modal.step("Connection to Meta")).toContainText("Somebody else answered in Meta's place");
  await expect(modal.step("Access token")).toContainText("Skipped");
  await expect(modal.step("Access token")).not.toContainText("Failed");
});

test("nothing that was entered is lost by accident", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  const opener = page.getByRole("button", { name: "Connect WhatsApp" });
  const modal = new Modal(page);
  const question = page.getByRole("dialog", { name: "Discard what you entered?" });
  // With nothing entered it just closes, and the focus goes back.
  await opener.click();
  await page.keyboard.press("Escape");
  await expect(modal.dialog).toBeHidden();
  await expect(opener).toBeFocused();
  // Escape asks, and asks again.
  await opener.click();
  await modal.field("Name").fill("Half a form");
  await page.keyboard.press("Escape");
  await expect(question).toBeVisible();
  await expectAccessible(page, "discard?");
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(question).toBeHidden();
  await expect(modal.field("Name")).toHaveValue("Half a form");
  await expect(modal.field("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(modal.dialog).toBeVisible();
  // So does a press beside it; one that only ends there does not.
  const box = await modal.dialog.boundingBox();
  if (!box) throw new Error("The dialog has no place");
  const name = await modal.field("Name").boundingBox();
  if (!name) throw new Error("The field has no place");
  await page.mouse.move(name.x + 40, name.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x - 30, name.y + 10);
  await page.mouse.up();
  await expect(question).toBeHidden();
  await page.mouse.click(box.x - 30, box.y + 60);
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(modal.dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await expect(modal.field("Name")).toHaveValue("");
});

test("the focus stays inside", async ({ page, api }) => {
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await expect(modal.dialog).toBeVisible();
  const outside = await page.evaluate(async () => {
    const dialog = document.querySelector("dialog[open]");
    return [...document.querySelectorAll<HTMLElement>("a, button, input, select, textarea")].filter((element) => {
      if (dialog?.contains(element)) return false;
      element.focus();
      return document.activeElement === element;
    }).length;
  });
  expect(outside, "what can be focused behind the dialog").toBe(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

    test(`the whole way fits and is accessible, ${colorScheme}`, async ({ page, api, graph }) => {
      await api.chatbot("Rosa");
      await graph.change({ token: { expires_at: Math.floor(Date.now() / 1000) + 3600 } });
      await openSignedIn(page, "/integrations");
      await page.getByRole("button", { name: "Connect WhatsApp" }).tap();
      const modal = new Modal(page);
      await modal.fill();
      await expectToFit(page, "the form");
      await expectAccessible(page, `form, ${colorScheme}`);
      await modal.button("Test").tap();
      await expect(modal.dialog.getByText("It works, with something to look at.")).toBeVisible();
      await expectToFit(page, "the test");
      await expectAccessible(page, `test, ${colorScheme}`);
      await modal.button("Connect").tap();
      await expect(modal.dialog.getByRole("img", { name: /^QR code/ })).toBeVisible();
      await expectToFit(page, "the settings");
      await expectAccessible(page, `settings, ${colorScheme}`);
      await modal.button("Done").tap();
      await expect(card(page)).toContainText("The access token ends");
      await card(page).getByText("More about this number").tap();
      await expectToFit(page, "the card");
      await expectAccessible(page, `card, ${colorScheme}`);
    });
  });
}
