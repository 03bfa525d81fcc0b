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

/** So many conversations: the one with the highest number wrote last. */
export async function conversations(api: Api, { say, customer }: Crowd, count: number): Promise<void> {
  // One after the other, so that the list has an order.
  for (let n = 1; n <= count; n += 1) await say([{ ...customer(n), text: `Hello from ${n}.` }]);
  await expect(async () => expect((await api.rows())[0]?.preview).toBe(`Hello from ${count}.`)).toPass();
}

/** One conversation with so many messages, “Number 1.” and so on. */
export async function thread(api: Api, { say, customer }: Crowd, count: number): Promise<Row> {
  await say(Array.from({ length: count }, (_, n) => ({ ...customer(1), text: `Number ${n + 1}.` })));
  return api.conversation("Customer 1.", `Number ${count}.`);
}
