// The line between a page and the server, in the hands of a test: requests wait until they are let through, or break off.
import type { Page, Request, Route } from "@playwright/test";
import { expect } from "./test";

export class Line {
  /** What was asked for, in order. */
  readonly asked: Request[] = [];
  private waiting: Route[] = [];
  private isOpen = false;

  private constructor() {}

  /** Holds all requests to that address. */
  static async hold(page: Page, address: string | RegExp): Promise<Line> {
    const line = new Line();
    await page.route(address, async (route) => {
      line.asked.push(route.request());
      if (line.isOpen) await route.fallback();
      else line.waiting.push(route);
    });
    return line;
  }

  /** Waits until so many requests are held. */
  async holds(count: number): Promise<void> {
    await expect.poll(() => this.waiting.length, "requests held").toBe(count);
  }

  /** Lets the first that is held through. */
  async one(): Promise<void> {
    await this.waiting.shift()?.fallback();
  }

  /** Lets all through, from now on. */
  async open(): Promise<void> {
    this.isOpen = true;
    for (const route of this.waiting.splice(0)) await route.fallback();
  }

  /** Breaks off what is held: the server never hears of it. */
  async cut(): Promise<void> {
    for (const route of this.waiting.splice(0)) await route.abort("connectionreset");
  }

  /** The server gets what is held, and its answers are lost on the way back. */
  async loseAnswers(): Promise<void> {
    for (const route of this.waiting.splice(0)) {
      await route.fetch();
      await route.abort("connectionreset");
    }
  }

  /** The server refuses what is held. */
  async refuse(status: number, error: { code: string; message: string; action?: string }): Promise<void> {
    for (const route of this.waiting.splice(0)) await route.fulfill({ status, json: error });
  }
}

/** A second of latency in both directions together, as on a bad mobile network. */
export async function slow(page: Page, latency = 1000): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const rate = { downloadThroughput: 100_000, uploadThroughput: 100_000 };
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, ...rate });
}
