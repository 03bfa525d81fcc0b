// The test function of all specs: a server of its own, its API, and a browser that is listened to.
import { test as base, type BrowserContext, type BrowserContextOptions, expect } from "@playwright/test";
import { Api } from "./api";
import { Graph } from "./graph";
import { Server, Template } from "./server";
import { Watch } from "./watch";

interface Options {
  /** Without an owner: what a new installation is like. */
  firstRun: boolean;
  /** Further arguments of `parlance serve`. */
  serveArgs: string[];
  /** Meta answers, in the shape of its double. Without it nobody does. */
  meta: boolean;
}

interface Fixtures {
  /** A double of Meta, to which the server talks when `meta` is set. */
  graph: Graph;
  server: Server;
  api: Api;
  watch: Watch;
  /** Another browser, of somebody else. */
  somebody: (options?: BrowserContextOptions) => Promise<BrowserContext>;
}

export const test = base.extend<Options & Fixtures, { template: Template }>({
  firstRun: [false, { option: true }],
  serveArgs: [[], { option: true }],
  meta: [false, { option: true }],

  graph: async ({ meta }, use) => {
    // Nobody asks for it then.
    if (!meta) return use(null as unknown as Graph);
    const graph = await Graph.start();
    await use(graph);
    await graph.stop();
  },

  template: [
    async ({}, use) => {
      const template = await Template.make();
      await use(template);
      await template.remove();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  server: async ({ template, firstRun, serveArgs, meta, graph }, use, info) => {
    const server = await Server.start(firstRun ? null : template, serveArgs, meta ? graph.url : undefined);
    await use(server);
    await server.remove();
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: server.log, contentType: "text/plain" });
      console.log(`The server's log:\n${server.log.split("\n").slice(-60).join("\n")}`);
    }
    expect(server.faults(), "faults in the server's log").toEqual([]);
  },

  api: async ({ server }, use) => use(new Api(server)),

  baseURL: async ({ server }, use) => use(server.url),

  watch: [
    async ({ context }, use) => {
      const watch = new Watch();
      await watch.attach(context);
      await use(watch);
      watch.check();
    },
    { auto: true },
  ],

  somebody: async ({ browser, contextOptions, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...contextOptions, ...options });
      opened.push(context);
      await watch.attach(context);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
});

export { expect };
