// The double of Meta's Graph API (tests/double/program.rs), as a process that a test steers. Errors have Meta's form
// (https://developers.facebook.com/docs/graph-api/guides/error-handling).
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const TARGET = process.env.CARGO_TARGET_DIR || join(__dirname, "../../target");
// Whatever server is tested.
const PROGRAM = process.env.PARLANCE_META || join(TARGET, "debug/meta-double");

/** The calls that can be told apart. */
export type Call =
  | "messages"
  | "receipts"
  | "debug_token"
  | "number"
  | "account"
  | "phone_numbers"
  | "subscribed_apps"
  | "subscribe"
  | "unsubscribe"
  | "subscriptions";

/** How a call fails: a status with any JSON, a page of somebody else's with that status, or no answer until it is mended. */
export type Answer = { json: [status: number, body: object] } | { html: number } | "silence";

/** What Meta knows; further fields are in tests/double/world.rs. */
export interface World {
  /** The good access tokens. */
  tokens: string[];
  /** Secrets of apps. */
  apps: Record<string, string>;
  /** Numbers of accounts, and what is special about single ones. */
  numbers: Record<string, string[]>;
  named: Record<string, object>;
  /** Apps that are subscribed to the account. */
  subscribed: string[];
  /** Fields of `debug_token` and of every number that differ from good ones. */
  token: object;
  number: object;
}

/** What a person would copy from Meta's console. */
export const META = {
  token: "EAAGe2eTokenThatMustNeverShow7Q2x",
  app: "700000000000001",
  secret: "e2e0secret0that0must0never0show0",
  account: "102000000000001",
  numbers: ["316000000000001", "316000000000002"],
};

const WORLD: Partial<World> = {
  tokens: [META.token],
  apps: { [META.app]: META.secret },
  numbers: { [META.account]: META.numbers },
  named: {
    [META.numbers[0]]: { verified_name: "Flower Shop" },
    [META.numbers[1]]: { verified_name: "Flower Shop, evenings", display_phone_number: "+1 555-010-0002" },
  },
};

interface Seen {
  calls: string[];
  sent: { to: string; body: string }[];
  world: World;
}

/** An error as Meta writes it. */
export function refusal(status: number, code: number, message: string, more: { error_subcode?: number; is_transient?: boolean } = {}): Answer {
  return { json: [status, { error: { message, type: "OAuthException", code, fbtrace_id: "AbCtrace42", ...more } }] };
}

export class Graph {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly control: string,
  ) {}

  static async start(): Promise<Graph> {
    const child = spawn(PROGRAM, { stdio: ["pipe", "pipe", "inherit"] });
    const line = await new Promise<string>((done, failed) => {
      child.once("error", (error) => failed(new Error(`${PROGRAM} cannot be run: ${error.message}. Build it with: scripts/build-double.sh`)));
      child.once("exit", (code) => failed(new Error(`${PROGRAM} ended with ${code}`)));
      createInterface(child.stdout).once("line", done);
    });
    const { graph, control } = JSON.parse(line) as { graph: string; control: string };
    const double = new Graph(child, graph, control);
    await double.change(WORLD);
    return double;
  }

  /** Makes a call fail until it is mended. */
  async fail(call: Call, answer: Answer): Promise<void> {
    await this.steer("fail", { call, answer });
  }

  /** Makes all calls work again, and answers those that wait. */
  async mend(): Promise<void> {
    await this.steer("mend", {});
  }

  /** Changes what Meta knows. */
  async change(world: Partial<World>): Promise<void> {
    await this.steer("change", world);
  }

  /** All calls so far, with their method. */
  async calls(): Promise<string[]> {
    return (await this.seen()).calls;
  }

  /** Texts that were sent. */
  async sent(): Promise<string[]> {
    return (await this.seen()).sent.map((message) => message.body);
  }

  /** Apps that are subscribed to the account. */
  async subscribed(): Promise<string[]> {
    return (await this.seen()).world.subscribed;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.stdin?.end();
    await ended;
  }

  private async seen(): Promise<Seen> {
    return (await (await fetch(`${this.control}/seen`)).json()) as Seen;
  }

  private async steer(what: string, body: object): Promise<void> {
    const answer = await fetch(`${this.control}/${what}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
  }
}
