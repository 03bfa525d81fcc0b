// The HTTP API, for making what a test is not about. Types name only what the tests use.
import { expect } from "@playwright/test";
import type { Server } from "./server";

export interface Chatbot {
  id: string;
  name: string;
  /** Its integration with the website. */
  web_integration_id: string;
}

export interface Integration {
  id: string;
  name: string;
  phone_number_id: string;
  display_phone_number: string;
}

export interface Customer {
  id: string;
  name: string;
  phone: string | null;
}

export interface Row {
  id: string;
  channel: "web" | "whatsapp";
  name: string;
  mode: "bot" | "human";
  preview: string;
  unread: number;
}

export interface Message {
  author: "contact" | "bot" | "user" | "system";
  content: { text: string; kind: { type: string } };
  state: string;
  seq: number;
}

/** A chatbot that knows something and has a sandbox number with a first customer. */
export interface Shop {
  chatbot: Chatbot;
  integration: Integration;
  customer: Customer;
}

export const KNOWLEDGE: [question: string, answer: string][] = [
  ["When do you open?", "We are open from nine to six, Monday to Saturday."],
  ["Do you deliver to my home?", "Yes, within the city and for free from 30 euros on."],
  ["How can I return a bouquet?", "Bring it back within two days and we exchange it."],
];

export class Api {
  constructor(private readonly server: Server) {}

  /** Calls an operation, such as `chatbots/create`. */
  async call<T>(operation: string, body: object = {}): Promise<T> {
    const answer = await fetch(`${this.server.url}/api/v1/${operation}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.server.token}` },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async chatbot(name: string, knowledge = KNOWLEDGE): Promise<Chatbot> {
    const chatbot = await this.call<Chatbot>("chatbots/create", { name });
    for (const [question, answer] of knowledge) await this.learn(chatbot, question, answer);
    return chatbot;
  }

  /** Opens the chatbot's chat on websites, which is closed at first. */
  async openWebsite(chatbot: Chatbot | string): Promise<void> {
    await this.call("chatbots/set_website", { id: typeof chatbot === "string" ? chatbot : chatbot.id, active: true });
  }

  /** A chatbot that visitors of a website can chat with. */
  async website(name: string, knowledge = KNOWLEDGE): Promise<Chatbot> {
    const chatbot = await this.chatbot(name, knowledge);
    await this.openWebsite(chatbot);
    return chatbot;
  }

  async learn(chatbot: Chatbot, question: string, answer: string): Promise<void> {
    await this.call("knowledge/save", { chatbot_id: chatbot.id, question, answer });
  }

  async shop(name = "Rosa", knowledge = KNOWLEDGE): Promise<Shop> {
    const chatbot = await this.chatbot(name, knowledge);
    const integration = await this.call<Integration>("integrations/whatsapp/use_sandbox", { chatbot_id: chatbot.id });
    const { customers } = await this.call<{ customers: (Customer & { phone_number_id: string })[] }>("sandbox/overview");
    const customer = customers.find((c) => c.phone_number_id === integration.phone_number_id);
    if (!customer) throw new Error("A new sandbox number has no customer");
    return { chatbot, integration, customer };
  }

  async customer(shop: Shop, name: string, hide_phone = false): Promise<Customer> {
    const phone_number_id = shop.integration.phone_number_id;
    return this.call<Customer>("sandbox/add_customer", { phone_number_id, name, hide_phone });
  }

  /** A customer writes to the business. */
  async write(customer: Customer, text: string): Promise<void> {
    await this.call("sandbox/send", { customer_id: customer.id, text });
  }

  async rows(): Promise<Row[]> {
    return (await this.call<{ rows: Row[] }>("conversations/list")).rows;
  }

  async messages(conversation: Row): Promise<Message[]> {
    return this.call<Message[]>("messages/list", { conversation_id: conversation.id });
  }

  /** A customer writes, and the conversation is there. */
  async converse(customer: Customer, text: string): Promise<Row> {
    await this.write(customer, text);
    return this.conversation(customer.name, text);
  }

  /** The conversation with somebody of that name, as soon as it holds that text. */
  async conversation(name: string, text: string): Promise<Row> {
    let found: Row | undefined;
    await expect(async () => {
      found = (await this.rows()).find((row) => row.name === name);
      expect(found, `no conversation with ${name}`).toBeTruthy();
      expect((await this.messages(found as Row)).map((m) => m.content.text)).toContain(text);
    }).toPass({ timeout: 30_000 });
    return found as Row;
  }

  /** A customer asks and the chatbot has answered: the state of its answer is at least that. */
  async answered(customer: Customer, question: string, answer: string, state = /accepted|sent|delivered|read/): Promise<Row> {
    const row = await this.converse(customer, question);
    await expect(async () => {
      const said = (await this.messages(row)).find((m) => m.author === "bot" && m.content.text === answer);
      expect(said?.state).toMatch(state);
    }).toPass({ timeout: 30_000 });
    return row;
  }
}
