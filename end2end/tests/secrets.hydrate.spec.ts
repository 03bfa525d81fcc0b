// After everything that can be done with an integration, its token and app secret stand nowhere: not in the database, not in
// the log, not in any answer of the API, not on any page.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { META, refusal } from "../support/graph";
import { card, choose, Modal, NAME } from "../support/integrations";
import { open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";
import { deliver, message } from "../support/webhook";

test.use({ meta: true, serveArgs: ["--log", "debug"] });

const SECRETS = [META.token, META.secret];

/** Where one of the secrets stands, in plain text or base64. */
function leaks(where: string, bytes: Buffer | string): string[] {
  const text = Buffer.isBuffer(bytes) ? bytes.toString("latin1") : bytes;
  const forms = SECRETS.flatMap((secret) => [secret, Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -2)]);
  return forms.filter((form) => text.includes(form)).map((form) => `${where} holds ${form.slice(0, 4)}…`);
}

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = entries.map((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]));
  return (await Promise.all(paths)).flat();
}

test("secrets stay where they were put", async ({ page, api, graph, server, watch }) => {
  test.setTimeout(240_000);
  watch.allow(/status of 422/);
  const found: string[] = [];
  const answers: Promise<void>[] = [];
  let seen = 0;
  page.on("response", (response) => {
    // The stream of events never ends; its content is that of the steps, which are shown on the page.
    if (response.headers()["content-type"]?.startsWith("text/event-stream")) return;
    answers.push(
      response.body().then(
        (body) => {
          seen += 1;
          found.push(...leaks(response.url(), body));
        },
        () => undefined,
      ),
    );
  });
  const look = async (where: string) => {
    found.push(...leaks(where, await page.evaluate(() => document.documentElement.outerHTML)));
  };

  // Entered through the pages, refused and accepted, tested, changed, in trouble.
  await api.chatbot("Rosa");
  await openSignedIn(page, "/integrations");
  await page.getByRole("button", { name: "Connect WhatsApp" }).click();
  const modal = new Modal(page);
  await modal.fill({ "Phone number ID": "316000000000099" });
  await modal.button("Connect").click();
  await expect(modal.step("Phone number")).toContainText("Failed");
  await look("the refused form");
  await modal.field("Phone number ID").fill(META.numbers[0]);
  await modal.button("Connect").click();
  await expect(modal.button("Done")).toBeVisible();
  await look("the settings");
  await modal.button("Done").click();
  await card(page).getByRole("button", { name: "Test" }).click();
  const dialog = page.getByRole("dialog", { name: /^Connection test/ });
  await expect(dialog.locator(".test__verdict")).not.toHaveText(/^(Testing…)?$/);
  await look("the test");
  await page.keyboard.press("Escape");
  await card(page).getByRole("button", { name: "Manage" }).click();
  const edit = new Modal(page, `Manage “${NAME}”`);
  await edit.field("App secret").fill(META.secret);
  await edit.button("Save").click();
  await expect(edit.dialog).toBeHidden();
  // Meta quotes tokens that it cannot read.
  await graph.fail("number", refusal(401, 190, `Malformed access token ${META.token}`));
  await card(page).getByRole("button", { name: "Test" }).click();
  await expect(dialog.getByText("Something has to be fixed.")).toBeVisible();
  await look("the failed test");
  await page.keyboard.press("Escape");
  await graph.mend();
  const [integration] = await api.call<{ id: string; callback_url: string }[]>("integrations/whatsapp/list");
  await deliver(integration.callback_url, message("When do you open?"));
  const row = await api.conversation("Ada Example", "When do you open?");

  // Every page, and every operation that reads.
  for (const path of ["/inbox", `/inbox/${row.id}?details=1`, "/chatbots", "/integrations", `/integrations/${integration.id}/events`, "/sandbox"]) {
    await open(page, path);
    await look(path);
  }
  for (const [operation, body] of [
    ["list", {}],
    ["get", { id: integration.id }],
    ["chat_link", { id: integration.id }],
    ["test", { id: integration.id }],
    ["update", { id: integration.id, access_token: META.token }],
    ["subscribe", { id: integration.id }],
    ["deliveries", { id: integration.id }],
    ["dead_letters", { id: integration.id }],
    ["delete_preview", { id: integration.id }],
  ] as const) {
    found.push(...leaks(operation, JSON.stringify(await api.call(`integrations/whatsapp/${operation}`, body))));
  }
  await open(page, "/integrations");
  await choose(page, "Delete");
  await page.getByRole("dialog", { name: /^Delete/ }).getByRole("button", { name: "Delete", exact: true }).click();
  await look("the last word");
  await Promise.all(answers);
  await page.close();

  // The database while the server runs, and as it leaves it.
  for (const file of await files(server.folder)) found.push(...leaks(file, await readFile(file)));
  await server.down();
  for (const file of await files(server.folder)) found.push(...leaks(file, await readFile(file)));
  found.push(...leaks("the server's log", server.log));

  expect(found).toEqual([]);
  // It was there to be found: Meta got it, and the answers were read.
  expect((await graph.calls()).length).toBeGreaterThan(10);
  expect(seen).toBeGreaterThan(20);
  expect(server.log).toMatch(/DEBUG/);
});
