// How long the browser works in the inbox: opening a conversation, and one live event, with few and with many rows loaded. The
// answers of the server are kept and given again at once, so that what is measured is the page. Prints figures and judges none.
import type { Page } from "@playwright/test";
import { conversations, crowd, from } from "./support/crowd";
import { Inbox, openSignedIn } from "./support/pages";
import { test } from "./support/test";

const ROWS = (process.env.PARLANCE_MEASURE_ROWS ?? "50,300").split(",").map(Number);
const TIMES = 12;

test.use({ meta: true });

const median = (of: number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
const show = (of: number[]) => `median ${median(of).toFixed(0)} ms, longest ${Math.max(0, ...of).toFixed(0)} ms`;

/** Collects tasks that kept the browser for 50 ms or more. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });
  });
}

const takeTasks = (page: Page) => page.evaluate(() => (window as unknown as { tasks: number[] }).tasks.splice(0));

/** From the click on a row until its thread is drawn, in milliseconds. */
function open(page: Page, name: string, text: string): Promise<number> {
  return page.evaluate(
    ([name, text]) =>
      new Promise<number>((done) => {
        const rows = [...document.querySelectorAll<HTMLElement>(".conversation__link")];
        const row = rows.find((r) => r.textContent?.includes(name as string)) as HTMLElement;
        const begun = performance.now();
        const look = () => {
          if (!document.querySelector(".thread__log")?.textContent?.includes(text as string)) return requestAnimationFrame(look);
          requestAnimationFrame(() => done(performance.now() - begun));
        };
        row.click();
        look();
      }),
    [name, text],
  );
}

/** Answers what was asked before at once, inside of the page: neither a server nor the way to it takes time. */
async function remember(page: Page): Promise<void> {
  await page.evaluate(() => {
    const known = new Map<string, string>();
    const ask = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (!/\/api\/v1\/(conversations\/get|messages\/list|conversations\/mark_read)$/.test(request.url)) return ask(request);
      const key = request.url + (await request.clone().text());
      const kept = known.get(key);
      if (kept !== undefined) return new Response(kept, { headers: { "content-type": "application/json" } });
      const answer = await ask(request);
      known.set(key, await answer.clone().text());
      return answer;
    };
  });
}

for (const rows of ROWS) {
  test(`${rows} rows loaded`, async ({ page, api }) => {
    const people = await crowd(api);
    await conversations(api, people, from(1, rows + 2));
    for (const n of [rows, rows + 1, rows + 2]) {
      await people.say(Array.from({ length: 60 }, (_, m) => ({ ...people.customer(n), text: `Message ${m} of ${n}.` })));
      await api.conversation(`Customer ${n}.`, `Message 59 of ${n}.`);
    }
    await openSignedIn(page, "/inbox");
    const inbox = new Inbox(page);
    const more = page.getByRole("button", { name: "Load more" });
    while ((await inbox.row(/./).count()) < rows) {
      const count = await inbox.row(/./).count();
      await more.click();
      await page.waitForFunction((n) => document.querySelectorAll(".conversation").length > n, count);
    }
    await remember(page);
    const names = [rows, rows + 1, rows + 2].map((n) => [`Customer ${n}.`, `Message 59 of ${n}.`] as const);
    for (const [name, text] of [...names, ...names]) await open(page, name, text);
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await listen(page);
    const times: number[] = [];
    for (let n = 0; n < TIMES; n += 1) {
      const [name, text] = names[n % names.length] as readonly [string, string];
      times.push(await open(page, name, text));
      await page.waitForTimeout(300);
    }
    const switching = await takeTasks(page);
    const events: number[][] = [];
    for (let n = 0; n < TIMES; n += 1) {
      await people.say([{ ...people.customer(rows - 10 - n), text: `Live ${n}.` }]);
      await inbox.row(`Live ${n}.`).first().waitFor();
      await page.waitForTimeout(500);
      events.push(await takeTasks(page));
    }
    console.log(`${rows} rows: click to thread ${show(times)}; tasks over 50 ms: ${switching.map(Math.round).join(" ") || "none"}`);
    const longest = events.map((tasks) => Math.max(0, ...tasks));
    console.log(`${rows} rows: a live event: ${events.flat().map(Math.round).join(" ") || "no task over 50 ms"}; ${show(longest)}`);
  });
}
