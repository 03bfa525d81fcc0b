// Meta's side of a webhook: signed deliveries to a callback of the server.
import { createHmac } from "node:crypto";
import { META } from "./graph";

/** Posts a body, signed with that app secret; returns the status. */
export async function deliver(callback: string, body: string, secret = META.secret): Promise<number> {
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const answer = await fetch(callback, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Hub-Signature-256": `sha256=${signature}` },
    body,
  });
  return answer.status;
}

let count = 0;

export interface Said {
  text: string;
  /** The customer's number. */
  from?: string;
  name?: string;
}

/** Texts of customers in one delivery, as Meta would deliver them. */
export function messages(said: Said[], number = META.numbers[0]): string {
  const changes = said.map(({ text, from = "15550200001", name = "Ada Example" }) => {
    count += 1;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const value = {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: "15550100001", phone_number_id: number },
      contacts: [{ profile: { name }, wa_id: from }],
      messages: [{ from, id: `wamid.IN${Date.now()}${count}`, timestamp, type: "text", text: { body: text } }],
    };
    return { field: "messages", value };
  });
  return JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: META.account, changes }] });
}

/** A text of a customer, as Meta would deliver it. */
export function message(text: string, from?: string, name?: string, number = META.numbers[0]): string {
  return messages([{ text, from, name }], number);
}
