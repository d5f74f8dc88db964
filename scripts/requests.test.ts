import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { hubEnvironment } from "./hub-environment.ts";

const built = process.env["MLX_DOWNLOAD_BUILT"] === "1";
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const bin = built
  ? [file("../packages/cli/dist/bin.js")]
  : ["--conditions=@mlx-download/source", file("../packages/cli/src/bin.ts")];

/** Has Node write on standard error every name that it looks up and every address that it connects to. */
const watching = `data:text/javascript,${encodeURIComponent(`
  import net from "node:net";
  import dns from "node:dns";
  import { syncBuiltinESMExports } from "node:module";
  const say = (text) => process.stderr.write("REACHES " + text + "\\n");
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const [options] = Array.isArray(args[0]) ? args[0] : args;
    if (options?.path === undefined) say((options?.host ?? "localhost") + ":" + options?.port);
    return connect.apply(this, args);
  };
  const lookup = dns.lookup;
  dns.lookup = (name, ...rest) => (say(name), lookup(name, ...rest));
  syncBuiltinESMExports();
`)}`;

const repo = "mlx-community/tiny";

test("a session of commands reaches the Hub that was named and nothing else, and sends no telemetry", async () => {
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  await hub.addRepo(repo, tinyModelFiles());
  const home = await tempDir();
  const env: NodeJS.ProcessEnv = hubEnvironment(process.env, { endpoint: hub.url, home });
  Object.assign(env, { HOME: home, NODE_OPTIONS: `--import=${watching}` });
  for (const name of Object.keys(env)) if (/_proxy$/iu.test(name)) delete env[name];
  const reached = new Set<string>();
  const session = [
    ["--version"],
    ["help"],
    ["info", repo],
    [repo],
    ["list"],
    ["search", "llama", "--offline"],
    ["cache", "ls"],
    ["verify"],
    ["outdated"],
    ["files", repo],
    ["config", "show"],
    ["get", "--no-such-option"],
    ["doctor"],
  ];
  for (const words of session) {
    const { code, stderr } = await run(process.execPath, [...bin, ...words], { env, cwd: home });
    expect(code, `${words.join(" ")}: ${stderr}`).toBe(words[1] === "--no-such-option" ? 2 : 0);
    for (const [, place = ""] of stderr.matchAll(/^REACHES (?<place>.*)$/gmu)) reached.add(place);
  }
  const hosts = [hub.url, hub.cdnUrl].map((url) => new URL(url));
  const known = new Set(hosts.flatMap(({ hostname, host }) => [hostname, host]));
  expect([...reached].filter((place) => !known.has(place) && place !== "127.0.0.1")).toEqual([]);
  expect(reached.size).toBeGreaterThan(1);
  // And what it asks there is about the models that were named.
  const asked = hub.log.entries.map(({ method, url }) => `${method} ${url.split("?")[0]}`);
  expect(asked.filter((one) => !one.includes("tiny"))).toEqual(
    asked.filter((one) => /^GET \/api\/(?:models|whoami-v2)$/u.test(one)),
  );
});
