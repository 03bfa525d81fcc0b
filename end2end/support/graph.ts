// A double of Meta's Graph API over real HTTP: it answers every look-up of a connection test, takes messages, and fails call
// by call as a test asks for it, with errors in Meta's form (https://developers.facebook.com/docs/graph-api/guides/error-handling).
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The calls that can be told apart. */
export type Call =
  | "debug_token"
  | "number"
  | "account"
  | "phone_numbers"
  | "subscribed_apps"
  | "subscribe"
  | "unsubscribe"
  | "subscriptions"
  | "messages";

/** How a call fails: Meta's error, a page of somebody else's, a cut connection, or no answer until it is let go. */
export type Failure =
  | { status?: number; code: number; subcode?: number; message?: string; transient?: boolean }
  | { page: string; status?: number }
  | "cut"
  | "wait";

export interface Known {
  token: string;
  app: string;
  secret: string;
  account: string;
  /** Ids of the account's numbers. */
  numbers: string[];
  /** Apps that are subscribed to the account. */
  subscribed: string[];
  /** Fields of `debug_token` and of the number that differ from good ones. */
  tokenFields: object;
  numberFields: object;
}

/** What a person would copy from Meta's console. */
export const META: Known = {
  token: "EAAGe2eTokenThatMustNeverShow7Q2x",
  app: "700000000000001",
  secret: "e2e0secret0that0must0never0show0",
  account: "102000000000001",
  numbers: ["316000000000001", "316000000000002"],
  subscribed: ["700000000000001"],
  tokenFields: {},
  numberFields: {},
};

export class Graph {
  known: Known = { ...META, numbers: [...META.numbers], subscribed: [...META.subscribed] };
  /** Method and path of every call, without the query. */
  readonly calls: string[] = [];
  /** Texts that were sent. */
  readonly sent: string[] = [];
  private readonly failures = new Map<Call, Failure>();
  private waiting: (() => void)[] = [];

  private constructor(private readonly http: HttpServer) {}

  static async start(): Promise<Graph> {
    const http = createServer();
    const graph = new Graph(http);
    http.on("request", (request, response) => void graph.take(request, response));
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Makes a call fail until it is mended. */
  fail(call: Call, failure: Failure): void {
    this.failures.set(call, failure);
  }

  /** Makes a call work again, and answers those that wait. */
  mend(call: Call): void {
    this.failures.delete(call);
    for (const go of this.waiting.splice(0)) go();
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    let text = "";
    for await (const chunk of request) text += chunk;
    const [, , id = "", edge = ""] = url.pathname.split("/");
    this.calls.push(`${request.method} ${url.pathname}`);
    const call = this.tell(request.method ?? "GET", id, edge);
    if (!call) return this.refuse(response, { code: 2500, message: "Unknown path components" });
    let failure = this.failures.get(call);
    if (failure === "wait") {
      await new Promise<void>((go) => this.waiting.push(go));
      failure = this.failures.get(call);
    }
    if (failure === "cut" || failure === "wait") return void response.destroy();
    if (failure && "page" in failure) {
      response.writeHead(failure.status ?? 502, { "Content-Type": "text/html" });
      return void response.end(failure.page);
    }
    if (failure) return this.refuse(response, failure);
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    this.answer(response, call, id, token, url, text ? JSON.parse(text) : {});
  }

  private tell(method: string, id: string, edge: string): Call | null {
    if (id === "debug_token") return "debug_token";
    if (method === "POST" && edge === "messages") return "messages";
    if (edge === "subscribed_apps") {
      return method === "POST" ? "subscribe" : method === "DELETE" ? "unsubscribe" : "subscribed_apps";
    }
    if (edge === "phone_numbers" || edge === "subscriptions") return edge;
    if (edge) return null;
    return id === this.known.account ? "account" : "number";
  }

  private answer(response: ServerResponse, call: Call, id: string, token: string, url: URL, body: Record<string, unknown>): void {
    const { known } = this;
    const asApp = call === "debug_token" || call === "subscriptions";
    if (asApp && token !== `${known.app}|${known.secret}`) {
      return this.refuse(response, { code: 190, message: "Invalid OAuth access token signature." });
    }
    if (!asApp && token !== known.token) {
      return this.refuse(response, { status: 401, code: 190, message: "Invalid OAuth access token - Cannot parse access token" });
    }
    switch (call) {
      case "debug_token":
        return this.send(response, { data: this.inspect(url.searchParams.get("input_token") ?? "") });
      case "subscriptions":
        return this.send(response, { data: [] });
      case "number":
        if (!known.numbers.includes(id)) return this.refuse(response, { code: 100, subcode: 33, message: "Unsupported get request." });
        return this.send(response, { ...number(id), ...known.numberFields });
      case "account":
        return this.send(response, { id, name: "Flower Shop Ltd", account_review_status: "APPROVED" });
      case "phone_numbers":
        return this.send(response, { data: known.numbers.map(number), paging: { cursors: { before: "a", after: "b" } } });
      case "subscribed_apps":
        return this.send(response, {
          data: known.subscribed.map((app) => ({ whatsapp_business_api_data: { id: app, name: "Flower app" } })),
        });
      case "subscribe":
        known.subscribed.push(known.app);
        return this.send(response, { success: true });
      case "unsubscribe":
        known.subscribed = known.subscribed.filter((app) => app !== known.app);
        return this.send(response, { success: true });
      case "messages": {
        if (body.status === "read") return this.send(response, { success: true });
        this.sent.push((body.text as { body: string }).body);
        return this.send(response, { messaging_product: "whatsapp", messages: [{ id: `wamid.OUT${this.sent.length}` }] });
      }
    }
  }

  private inspect(token: string): object {
    const { known } = this;
    if (token !== known.token) {
      return { is_valid: false, scopes: [], error: { code: 190, message: "Invalid OAuth access token." } };
    }
    const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
    return { app_id: known.app, type: "SYSTEM_USER", is_valid: true, expires_at: 0, scopes, ...known.tokenFields };
  }

  private send(response: ServerResponse, body: object, status = 200): void {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  }

  private refuse(response: ServerResponse, failure: Exclude<Failure, string | { page: string }>): void {
    const error = {
      message: failure.message ?? "(#1) Refused",
      type: "OAuthException",
      code: failure.code,
      error_subcode: failure.subcode,
      is_transient: failure.transient,
      fbtrace_id: "AbCtrace42",
    };
    this.send(response, { error }, failure.status ?? 400);
  }
}

/** A healthy number. */
function number(id: string): Record<string, unknown> {
  return {
    id,
    display_phone_number: id.endsWith("1") ? "+1 555-010-0001" : "+1 555-010-0002",
    verified_name: id.endsWith("1") ? "Flower Shop" : "Flower Shop, evenings",
    quality_rating: "GREEN",
    status: "CONNECTED",
    platform_type: "CLOUD_API",
    account_mode: "LIVE",
    code_verification_status: "VERIFIED",
    name_status: "APPROVED",
    whatsapp_business_manager_messaging_limit: "TIER_2K",
    health_status: { can_send_message: "AVAILABLE", entities: [] },
  };
}
