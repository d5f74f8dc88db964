import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { buildHouse, type Machine, whyNoNamespaces } from "./namespaces.ts";
import { modelFiles, ndjson, nodeArgs, readUntil } from "./stage.ts";

const SIZE = 24_000_000;
const MODEL = "acme/house";
const SECRET = "acme/secret-project";
const why = whyNoNamespaces();
if (why !== undefined) console.info(`the tests of neighbours are skipped: ${why}`);

interface Got {
  readonly code: number | null;
  readonly events: readonly Record<string, unknown>[];
  /** Bytes by source. */
  readonly sources: ReadonlyMap<string, number>;
  readonly path: string;
}

async function get(machine: Machine, args: readonly string[] = []): Promise<Got> {
  const got = await machine.mlx([MODEL, "--events", "--peers", "auto", ...args]);
  const events = ndjson(got.stdout);
  const last = events.at(-1)?.["result"] as
    | { sources: { name: string; bytes: number }[]; path: string }
    | undefined;
  expect(last, got.stdout.slice(-2000) + got.stderr).toBeDefined();
  return {
    code: got.code,
    events,
    sources: new Map(last?.sources.map(({ name, bytes }) => [name, bytes])),
    path: last?.path ?? "",
  };
}

/** A machine that has the model and shares it. Resolves when it offers it. */
async function share(machine: Machine): Promise<ReturnType<Machine["start"]>> {
  const child = machine.start([...nodeArgs, "share", "on", "eth0", "--foreground"]);
  child.stderr.resume();
  await readUntil(child.stdout, "\n");
  const record = join(machine.env["HOME"] ?? "", ".local/state/mlx-download/sharing-process.json");
  await expect
    .poll(async () => await readFile(record, "utf8").catch(() => ""), { timeout: 30_000 })
    .toContain(MODEL);
  return child;
}

interface Status {
  readonly on: boolean;
  readonly shared: readonly { readonly repoId: string }[];
  readonly served: readonly { readonly bytes: number }[];
  readonly networks: readonly { readonly url: string | null; readonly allowed: boolean | null }[];
  readonly neighbours: readonly { readonly name: string; readonly url: string }[];
}

const status = (machine: Machine): ReturnType<Machine["mlx"]> =>
  machine.mlx(["share", "status", "--json"]);

async function digests(path: string): Promise<readonly string[]> {
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const texts = await Promise.all(names.map((name) => readFile(join(path, name))));
  return texts.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
}

/** Collects what is multicast on the machine's network, until `end` is called. */
async function capture(machine: Machine): Promise<{ end(): Promise<string> }> {
  const program = `
    const socket = require("node:dgram").createSocket({ type: "udp4", reuseAddr: true });
    const heard = [];
    socket.on("message", (bytes) => heard.push(bytes.toString("latin1")));
    socket.bind(5353, "0.0.0.0", () => {
      socket.addMembership("224.0.0.251", ${JSON.stringify(machine.address)});
      console.log("listens");
    });
    process.stdin.on("end", () => { console.log(JSON.stringify(heard)); process.exit(); }).resume();`;
  const child = machine.start(["-e", program]);
  await readUntil(child.stdout, "\n");
  return {
    async end() {
      child.stdin.end();
      return readUntil(child.stdout, "\n");
    },
  };
}

it.skipIf(why !== undefined)(
  "finds neighbours of one name without any default route, and tells nobody the name of a model",
  { timeout: 240_000 },
  async () => {
    const house = await buildHouse(modelFiles(SIZE));
    const [mini, studio, book] = await Promise.all(
      ["mini", "studio", "book"].map((name) => house.machine(name)),
    );
    if (!mini || !studio || !book) throw new Error("no machine");
    book.ip("link", "add", "eth1", "type", "veth", "peer", "name", "eth2");
    book.ip("link", "set", "eth2", "up");
    book.ip("addr", "add", "10.78.0.1/24", "dev", "eth1");
    book.ip("link", "set", "eth1", "up");
    const heard = await capture(book);
    const prepared = await Promise.all([
      mini.mlx([MODEL, SECRET, "-q"]),
      studio.mlx([MODEL, "-q"]),
    ]);
    expect(prepared.map(({ code }) => code)).toEqual([0, 0]);
    await house.gate();
    // Nothing is looked for on a network that was not allowed.
    const shy = await get(book);
    expect(shy.code).toBe(0);
    expect(shy.events).toContainEqual(
      expect.objectContaining({ type: "warning", code: "peers/network-not-allowed" }),
    );
    expect(await heard.end()).not.toContain("mlx-download");
    const listening = await capture(book);
    const [sharing] = await Promise.all([share(mini), share(studio)]);

    expect((await book.mlx(["share", "allow"])).code).toBe(0);
    const { neighbours } = JSON.parse((await status(book)).stdout) as Status;
    expect(neighbours.map(({ url }) => new URL(url).hostname).toSorted()).toEqual(
      [mini.address, studio.address].toSorted(),
    );
    const near = await get(book, ["--force"]);
    expect(near.code).toBe(0);
    const peers = [...near.sources].filter(([name]) => name.startsWith("peer "));
    expect(peers.map(([name]) => name).toSorted()).toEqual(
      [`peer ${mini.address}:8091`, `peer ${studio.address}:8091`].toSorted(),
    );
    expect(peers.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeGreaterThan(SIZE);
    // The process that shares says so every two seconds.
    const served = async (): Promise<number> =>
      (JSON.parse((await status(mini)).stdout) as Status).served[0]?.bytes ?? 0;
    await expect.poll(served).toBeGreaterThan(0);

    // The gated model is here, and nothing says so.
    const [secret] = await digestsOf(mini, SECRET);
    const asked = await askFor(book, `http://${mini.address}:8091`, [secret ?? "", "f".repeat(64)]);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toContain("404");

    // One dies without a word, and is forgotten.
    const dying = get(book, ["--force"]);
    sharing.kill("SIGKILL");
    const alone = await dying;
    expect(alone.code).toBe(0);
    expect(await digests(alone.path)).toEqual(await digests(near.path));

    const multicast = await listening.end();
    expect(multicast).toContain("mlx-download");
    for (const word of ["acme", "house", "secret", "safetensors"]) {
      expect(multicast).not.toContain(word);
    }
  },
);

it.skipIf(why !== undefined)(
  "goes on when the network goes away and comes back",
  { timeout: 240_000 },
  async () => {
    const house = await buildHouse(modelFiles(SIZE));
    const mini = await house.machine("mini");
    const book = await house.machine("book");
    expect((await mini.mlx([MODEL])).code).toBe(0);
    await share(mini);
    expect((await book.mlx(["share", "allow", "eth0"])).code).toBe(0);
    mini.ip("link", "set", "eth0", "down");
    const { neighbours } = JSON.parse((await status(book)).stdout) as Status;
    expect(neighbours).toEqual([]);
    mini.ip("link", "set", "eth0", "up");
    await expect
      .poll(async () => (JSON.parse((await status(book)).stdout) as Status).neighbours, {
        timeout: 30_000,
      })
      .toHaveLength(1);
    const off = await mini.mlx(["share", "off"]);
    expect(off.code).toBe(0);
    expect(off.stdout).toContain("off");
    const after = JSON.parse((await status(book)).stdout) as Status;
    expect(after.neighbours).toEqual([]);
  },
);

async function digestsOf(machine: Machine, model: string): Promise<readonly string[]> {
  const { stdout } = await machine.mlx(["get", model, "--offline", "--json"]);
  const { files } = JSON.parse(stdout) as { files: { digest: string; size: number }[] };
  return files
    .filter(({ digest }) => digest.startsWith("sha256:"))
    .map(({ digest }) => digest.slice("sha256:".length));
}

/** Status and headers of the answers to HEAD requests for these digests, without the date. */
async function askFor(
  machine: Machine,
  url: string,
  hexes: readonly string[],
): Promise<readonly string[]> {
  const program = `
    const answers = [];
    for (const hex of ${JSON.stringify(hexes)}) {
      const answer = await fetch("${url}/.mlx-download/blobs/sha256/" + hex, { method: "HEAD" });
      const headers = [...answer.headers].filter(([name]) => name !== "date");
      answers.push(JSON.stringify([answer.status, headers]));
    }
    console.log(JSON.stringify(answers));`;
  const child = machine.start(["--input-type=module", "-e", program]);
  onTestFinished(() => void child.kill());
  return JSON.parse(await readUntil(child.stdout, "\n")) as string[];
}
