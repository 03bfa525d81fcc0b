// A chatbot's page: what it knows, what it says, trying it, deleting it.
import { KNOWLEDGE } from "../support/api";
import { expectAccessible } from "../support/axe";
import { notice, open, openSignedIn } from "../support/pages";
import { expect, test } from "../support/test";

const [[question, answer], [other]] = KNOWLEDGE;

test("“Try it” says the answer with its question, or the fallback", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const box = page.getByRole("region", { name: "Try it" });
  const ask = async (text: string) => {
    await box.getByLabel("Ask the chatbot").fill(text);
    await box.getByRole("button", { name: "Ask" }).click();
  };
  await ask("when are you open");
  await expect(box.getByRole("log")).toContainText(answer);
  await expect(box.getByRole("log")).toContainText(`Found under “${question}”`);
  await expect(box.getByLabel("Ask the chatbot")).toHaveValue("");
  await ask("quantum chromodynamics");
  await expect(box.getByRole("log")).toContainText("Sorry, I do not know the answer to that.");
  await expect(box.getByRole("log")).toContainText("Fallback: no answer fits well enough");
  await expectAccessible(page, "chatbot after trying it");
  // Nobody was written to.
  expect(await api.rows()).toEqual([]);
});

test("“Try it” goes on like a conversation: small talk, silence, and people in the end", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const box = page.getByRole("region", { name: "Try it" });
  const log = box.getByRole("log");
  const ask = async (text: string, said: string) => {
    await box.getByLabel("Ask the chatbot").fill(text);
    await box.getByLabel("Ask the chatbot").press("Enter");
    await expect(log.getByText(said).last()).toBeVisible();
    await expect(box.getByLabel("Ask the chatbot")).toHaveValue("");
  };
  await ask("bom dia", "Olá! Como posso ajudar?");
  await ask("👍", "Says nothing: this wants no answer");
  await ask("quantum chromodynamics", "Sorry, I do not know the answer to that.");
  await ask("and quarks", "People take over: the answer was not known twice in a row");
  await ask("let me talk to a human", "People take over: the customer asked for a person");
  await expect(log).toContainText("A colleague will answer you here.");
  await expectAccessible(page, "chatbot after a conversation with it");
});

test("words of one's own take the place of the built-in small talk", async ({ page, api }) => {
  const { chatbot, customer } = await api.shop();
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const form = page.getByRole("region", { name: "What it says" });
  await form.getByText("Small talk", { exact: true }).click();
  await form.getByLabel("To thanks").fill("Any time.");
  await form.getByLabel("When people take over").fill("Ana will write to you.");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "Saved.")).toBeVisible();
  await expectAccessible(page, "small talk of a chatbot");
  await api.answered(customer, "thx", "Any time.");
  const row = await api.answered(customer, "human please", "Ana will write to you.");
  expect((await api.messages(row)).at(-1)?.content.text).toContain("The customer asked for a person.");
});

for (const viewport of [{ width: 1440, height: 900 }, { width: 820, height: 1180 }, { width: 390, height: 844 }]) {
  test.describe(`${viewport.width} wide`, () => {
    test.use({ viewport });

    test("“Try it” keeps the newest answer in sight, and what is typed meanwhile", async ({ page, api }) => {
      const chatbot = await api.chatbot("Rosa", [["Tell me everything", "A long story. ".repeat(40)], ...KNOWLEDGE]);
      await openSignedIn(page, `/chatbots/${chatbot.id}`);
      const box = page.getByRole("region", { name: "Try it" });
      const input = box.getByLabel("Ask the chatbot");
      const bubbles = box.getByRole("log").getByRole("listitem");
      for (let n = 1; n <= 6; n += 1) {
        await input.fill(n === 3 ? "Tell me everything" : question);
        await input.press("Enter");
        await expect(bubbles).toHaveCount(2 * n);
        await expect(bubbles.last().locator(".bubble__meta")).toBeInViewport({ ratio: 0.9 });
        await expect(input).toBeInViewport({ ratio: 0.9 });
      }
      let answerNow = () => {};
      const wait = new Promise<void>((done) => {
        answerNow = done;
      });
      await page.route("**/api/v1/chatbots/try", async (route) => {
        await wait;
        await route.continue();
      });
      await input.fill(question);
      await input.press("Enter");
      await input.fill("And the next one");
      answerNow();
      await expect(bubbles).toHaveCount(14);
      await expect(input).toHaveValue("And the next one");
    });
  });
}

test("a question is changed and deleted, and the chatbot answers accordingly", async ({ page, api }) => {
  const chatbot = await api.chatbot("Rosa");
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const questions = page.getByRole("list", { name: "Questions" });
  const box = page.getByRole("region", { name: "Try it" });
  const ask = async (text: string) => {
    await box.getByLabel("Ask the chatbot").fill(text);
    await box.getByLabel("Ask the chatbot").press("Enter");
  };

  const edit = page.getByRole("button", { name: `Edit “${question}”` });
  await edit.click();
  const editor = page.getByRole("dialog", { name: "Edit the question" });
  await expect(editor.getByLabel("Question")).toHaveValue(question);
  await editor.getByLabel("Answer").fill("From ten to four.");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor).toBeHidden();
  await expect(notice(page, "The answer is saved.")).toBeVisible();
  await expect(questions).toContainText("From ten to four.");
  await expect(questions).not.toContainText(answer);
  await ask(question);
  await expect(box.getByRole("log")).toContainText("From ten to four.");

  await page.getByRole("button", { name: `Delete “${question}”` }).click();
  const dialog = page.getByRole("dialog", { name: `Delete the question “${question}”?` });
  await expectAccessible(page, "delete a question");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(questions.getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: `Delete “${question}”` }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(questions.getByRole("listitem")).toHaveCount(2);
  await expect(questions).not.toContainText(question);
  await ask(question);
  await expect(box.getByRole("log").getByText("Sorry, I do not know the answer to that.")).toBeVisible();
});

test("a refused question says why beside its field and keeps the text", async ({ page, api, watch }) => {
  watch.allow(/status of 400/);
  const chatbot = await api.chatbot("Rosa", []);
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  await page.getByRole("button", { name: "Add question" }).click();
  const editor = page.getByRole("dialog", { name: "Add a question" });
  await editor.getByLabel("Question").fill("Is this refused?");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor.getByLabel("Answer")).toHaveAttribute("aria-invalid", "true");
  await expect(editor.getByLabel("Answer")).toHaveAccessibleDescription(/\S/);
  await expect(editor.getByLabel("Question")).toHaveValue("Is this refused?");
  await editor.getByLabel("Answer").fill("Not any more.");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("list", { name: "Questions" })).toContainText("Not any more.");
});

test("many questions can be filtered", async ({ page, api }) => {
  const many = Array.from({ length: 8 }, (_, n): [string, string] => [`Question about thing ${n}?`, `Answer ${n}`]);
  const chatbot = await api.chatbot("Rosa", many);
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const questions = page.getByRole("list", { name: "Questions" }).getByRole("listitem");
  await expect(questions).toHaveCount(8);
  await page.getByLabel("Filter questions").fill("thing 5");
  await expect(questions).toHaveCount(1);
  await page.getByLabel("Filter questions").fill("nothing like it");
  await expect(page.getByText("No question contains that.")).toBeVisible();
});

test("name, greeting and fallback are changed", async ({ page, api }) => {
  const { chatbot, customer } = await api.shop();
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  const form = page.getByRole("region", { name: "What it says" });
  await form.getByLabel("Name").fill("Rosalind");
  await form.getByLabel("Greeting").fill("Welcome to the shop!");
  await form.getByLabel("Fallback").fill("I will ask somebody.");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(notice(page, "Saved.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Rosalind" })).toBeVisible();
  await expect(page).toHaveTitle("Rosalind · Parlance");
  const row = await api.answered(customer, "quantum chromodynamics", "I will ask somebody.");
  expect((await api.messages(row)).map((m) => m.content.text)).toEqual(["quantum chromodynamics", "Welcome to the shop!", "I will ask somebody."]);
});

test("a chatbot in use is not deleted, and the integration is named", async ({ page, api, watch }) => {
  watch.allow(/status of 409/);
  const { chatbot, integration } = await api.shop();
  await openSignedIn(page, `/chatbots/${chatbot.id}`);
  await page.getByRole("button", { name: "Delete chatbot" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the chatbot “Rosa”?" });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("The chatbot is in use by “WhatsApp sandbox”.");
  await expect(dialog.getByRole("alert")).toContainText("Delete these integrations first");
  await expectAccessible(page, "delete a chatbot, refused");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Delete chatbot" })).toBeFocused();

  await api.call("integrations/whatsapp/delete", { id: integration.id, conversations: "keep" });
  // The live event of the deletion may come before its answer: the page then asks once more for what is gone.
  watch.allow(/status of 404 .*\/api\/v1\/(chatbots\/get|knowledge\/list)/);
  await page.getByRole("button", { name: "Delete chatbot" }).click();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/chatbots$/);
  await expect(notice(page, "The chatbot “Rosa” was deleted.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No chatbot yet" })).toBeVisible();
});

test("people who may not change things see them, and no buttons for it", async ({ page, api, server }) => {
  const { chatbot } = await api.shop();
  const agent = await server.addUser("Agnes Agent", "agnes@shop.example", "agent");
  await openSignedIn(page, `/chatbots/${chatbot.id}`, agent);
  await expect(page.getByRole("heading", { level: 3, name: other })).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Edit|Delete|Add)/ })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "What it says" }).getByLabel("Name")).toBeDisabled();
  await open(page, "/integrations");
  await expect(page.getByRole("article", { name: "WhatsApp sandbox" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Connect WhatsApp|Use the sandbox|Manage|Test|More|Delete/ })).toHaveCount(0);
});
