// Notes among the team: written beside messages, seen by colleagues, and by no customer.
import { Inbox, openSignedIn, Widget } from "../support/pages";
import { expect, test } from "../support/test";

test("a note mentions a colleague and stays inside", async ({ page, server, api, somebody }) => {
  const chatbot = await api.website("Notes");
  const nina = await server.addUser("Nina Night", "nina@shop.example", "agent");
  const visitor = await (await somebody({ baseURL: server.url })).newPage();
  await visitor.goto(`/widget/${chatbot.web_integration_id}`);
  const widget = new Widget(visitor);
  await widget.write("Good morning");
  const inbox = new Inbox(page);
  await openSignedIn(page, "/inbox");
  await inbox.choose("Website visitor");
  // What is begun for the customer stays theirs.
  await inbox.composer.fill("Good morning, how");
  await inbox.thread.getByRole("button", { name: "Note", exact: true }).click();
  const note = inbox.thread.getByRole("combobox", { name: "Note for the team" });
  await expect(note).toHaveValue("");
  await note.fill("She always haggles, @Ni");
  await expect(page.getByRole("option", { name: "Nina Night" })).toBeVisible();
  await note.press("Enter");
  await expect(note).toHaveValue("She always haggles, @Nina Night ");
  await note.press("Enter");
  await expect(inbox.bubble("She always haggles")).toContainText("Note for the team");
  await expect(note).toHaveValue("");
  await inbox.thread.getByRole("button", { name: "Reply", exact: true }).click();
  await expect(inbox.composer).toHaveValue("Good morning, how");
  await inbox.send("Good morning, how can I help?");
  // The visitor hears the answer, and never of the note.
  await expect(visitor.getByText("Good morning, how can I help?")).toBeVisible();
  await expect(visitor.getByText("haggles")).toHaveCount(0);
  await visitor.reload();
  await expect(visitor.getByText("Good morning, how can I help?")).toBeVisible();
  await expect(visitor.getByText("haggles")).toHaveCount(0);
  await expect(inbox.row("Website visitor")).not.toContainText("haggles");
  const hers = await (await somebody({ baseURL: server.url })).newPage();
  await openSignedIn(hers, "/inbox", nina);
  const other = new Inbox(hers);
  await other.choose("Website visitor");
  await expect(other.bubble("She always haggles")).toContainText("Olivia Owner");
});
