// Many conversations and long threads, made by a few deliveries of Meta's double. No bot answers in them.
import { expect } from "@playwright/test";
import type { Api, Row } from "./api";
import { connect } from "./integrations";
import { deliver, messages, type Said } from "./webhook";

export interface Crowd {
  /** Delivers what customers say, all at once. */
  say(said: Said[]): Promise<void>;
  /** The customer with that number in the row. */
  customer(n: number): Required<Pick<Said, "from" | "name">>;
}

/** A connected number whose customers are answered by nobody. */
export async function crowd(api: Api): Promise<Crowd> {
  const integration = await connect(api, await api.chatbot("Rosa", []));
  await api.call("integrations/whatsapp/set_active", { id: integration.id, active: false });
  return {
    say: async (said) => expect(await deliver(integration.callback_url, messages(said))).toBe(200),
    customer: (n) => ({ from: String(15550300000 + n), name: `Customer ${n}.` }),
  };
}

/** All open conversations, as the list should show them. */
export async function listed(api: Api): Promise<Row[]> {
  const all: Row[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const page: { rows: Row[]; next: string | null } = await api.call("conversations/list", { status: "open", before });
    all.push(...page.rows);
    before = page.next;
  }
  return all;
}

/** A conversation with each of the customers of these numbers. */
export async function conversations(api: Api, { say, customer }: Crowd, numbers: number[]): Promise<void> {
  // One after the other, so that the list has an order.
  for (const n of numbers) await say([{ ...customer(n), text: `Hello from ${n}.` }]);
  await expect(async () => {
    const texts = (await listed(api)).map((row) => row.preview);
    for (const n of numbers) expect(texts).toContain(`Hello from ${n}.`);
  }).toPass();
}

/** The numbers from the first to the last. */
export const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** One conversation with so many messages, “Number 1.” and so on. */
export async function thread(api: Api, { say, customer }: Crowd, count: number): Promise<Row> {
  await say(from(1, count).map((n) => ({ ...customer(1), text: `Number ${n}.` })));
  return api.conversation("Customer 1.", `Number ${count}.`);
}
