// The real binary on a free port with a data folder of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const BINARY = resolve(process.env.PARLANCE_BIN || join(__dirname, "../../target/debug/parlance"));

export interface Person {
  name: string;
  email: string;
  password: string;
}

export const OWNER: Person = { name: "Olivia Owner", email: "olivia@shop.example", password: "seven green bottles" };
/** Where no Graph API answers. */
const NOBODY = "http://127.0.0.1:9";
export const WORKSPACE = "Flower Shop";

/** The environment without the developer's own settings of Parlance. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PARLANCE|LEPTOS)_/.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: "1", RUST_BACKTRACE: "0" };
}

/** Runs a command of the binary and returns what it printed. */
function run(args: string[], input = ""): Promise<string> {
  return new Promise((done, failed) => {
    const child = execFile(BINARY, args, { env: environment() }, (error, stdout, stderr) => {
      if (error) failed(new Error(`parlance ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`));
      else done(stdout);
    });
    child.stdin?.end(input);
  });
}

/** A data folder with an owner and an API token, to be copied for each test: making one takes longer than copying it. */
export class Template {
  private constructor(
    readonly folder: string,
    readonly token: string,
  ) {}

  static async make(): Promise<Template> {
    const folder = await mkdtemp(join(tmpdir(), "parlance-template-"));
    const data = ["--data-dir", folder, "--log", "warn"];
    const owner = ["--email", OWNER.email, "--name", OWNER.name, "--role", "owner", "--workspace", WORKSPACE];
    await run(["user", "add", ...owner, "--password-stdin", ...data], OWNER.password);
    const said = await run(["token", "add", "--email", OWNER.email, "--name", "browser tests", ...data]);
    return new Template(folder, said.trim().split(/\s+/).at(-1) ?? "");
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

export class Server {
  /** Everything the server wrote, over all its lives. */
  log = "";
  private child: ChildProcess | null = null;

  private constructor(
    readonly folder: string,
    readonly port: number,
    /** Of the owner; empty before the first run. */
    readonly token: string,
    private readonly args: string[],
    private readonly graph: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A server on a copy of the template, or on an empty folder. */
  static async start(template: Template | null, args: string[] = [], graph = NOBODY): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "parlance-data-"));
    if (template) await cp(template.folder, folder, { recursive: true });
    const server = new Server(folder, await freePort(), template?.token ?? "", args, graph);
    await server.up();
    return server;
  }

  /** Starts the process and waits until it is ready. */
  async up(): Promise<void> {
    const fixed = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data-dir", this.folder];
    // Short, so that answers come quickly; and no test may ever reach Meta.
    const quick = ["--quiet-time", "200ms", "--graph-url", this.graph];
    const child = spawn(BINARY, [...fixed, ...quick, ...this.args], { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    const keep = (bytes: Buffer) => {
      this.log += bytes.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    let broken = "";
    child.on("error", (error) => {
      broken = `${BINARY} cannot be run: ${error.message}. Build it with: scripts/with-tools.sh cargo leptos build`;
    });
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (broken) throw new Error(broken);
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${this.log}`);
      const ready = await fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`The server was not ready within a minute:\n${this.log}`);
      await wait(50);
    }
  }

  /** Adds a person to the workspace. */
  async addUser(name: string, email: string, role: "owner" | "admin" | "agent"): Promise<Person> {
    const password = "ten green bottles";
    const who = ["--email", email, "--name", name, "--role", role];
    await run(["user", "add", ...who, "--password-stdin", "--data-dir", this.folder, "--log", "warn"], password);
    return { name, email, password };
  }

  /** What must never stand in a log: panics (their reason stands a line below) and errors. */
  faults(): string[] {
    const lines = this.log.split("\n");
    return lines.flatMap((line, n) => {
      if (line.includes(" panicked at ")) return [`${line} ${lines[n + 1] ?? ""}`];
      return /^\S+ ERROR /.test(line) ? [line] : [];
    });
  }

  /** Ends the process as an operator would, and waits for it. */
  async down(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(hard);
  }

  async remove(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }
}
