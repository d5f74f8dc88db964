import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, afterAll, expect, test } from "vitest";
import { rawRequest, statusOf } from "./raw-request.ts";
import { homeEnvironment, startModelHub, startWebProcess, type WebProcess } from "./stage.ts";
import type { TestHub } from "@mlx-download/hub-server/testing";

let hub: TestHub;
let web: WebProcess;
let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "mlx-download-web-"));
  hub = await startModelHub(home);
  env = { ...homeEnvironment(home, hub.url), HF_TOKEN: "hf_secretsecretsecretsecret" };
  web = await startWebProcess(env);
});
afterAll(async () => {
  await web.stop();
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

const close = "Connection: close\r\n\r\n";
const hostLine = (): string => `Host: ${new URL(web.url).host}\r\n`;
const bearerLine = (): string => `Authorization: Bearer ${web.token}\r\n`;
const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new URL(path, web.url), {
    ...init,
    headers: { Authorization: `Bearer ${web.token}`, "Content-Type": "application/json" },
  });

test("what a browser cannot send is refused as it was sent", async () => {
  const own = hostLine() + bearerLine() + close;
  const sent: readonly (readonly [string, number])[] = [
    [`GET /api/library HTTP/1.1\r\n${own}`, 200],
    [`GET /api/library HTTP/1.1\r\nHost: evil.example\r\n${bearerLine()}${close}`, 421],
    [
      `GET /api/library HTTP/1.1\r\n${hostLine()}Host: evil.example\r\n${bearerLine()}${close}`,
      421,
    ],
    [`GET http://evil.example/api/library HTTP/1.1\r\n${own}`, 421],
    [`GET ${web.url}api/library HTTP/1.1\r\n${own}`, 421],
    [
      `GET /api/events HTTP/1.1\r\n${hostLine()}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      401,
    ],
    [`GET /api/library HTTP/1.0\r\n${bearerLine()}\r\n`, 400],
    [`OPTIONS * HTTP/1.1\r\n${own}`, 400],
    [`TRACE /api/library HTTP/1.1\r\n${own}`, 405],
    [`GET /../../../../etc/passwd HTTP/1.1\r\n${own}`, 404],
    [`GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n${own}`, 404],
    [`GET /..\\..\\etc\\passwd HTTP/1.1\r\n${own}`, 400],
    [`GET /style.css%00.html HTTP/1.1\r\n${own}`, 404],
    [`GET /api/..%2fapp.js HTTP/1.1\r\n${own}`, 404],
  ];
  for (const [text, status] of sent) {
    const answer = await rawRequest(web.url, text);
    expect(statusOf(answer), text).toBe(status);
    expect(answer).not.toContain("root:");
    expect(answer.toLowerCase()).not.toContain("access-control-allow");
  }
});

test("every answer forbids scripts, frames and reading by others, refusals too", async () => {
  for (const path of ["/", "/app.js", "/api/ping", "/none"]) {
    const { headers } = await fetch(new URL(path, web.url));
    expect(headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("set-cookie")).toBeNull();
  }
});

test("no value of a request becomes a path, and a body has its bounds", async () => {
  const send = async (path: string, body: unknown): Promise<number> =>
    (await ask(path, { method: "POST", body: JSON.stringify(body) })).status;
  for (const repoId of [
    "../../etc",
    "/etc/passwd",
    "..",
    "a/../../b",
    "a\0b",
    "C:\\x",
    "a/b/c",
    "",
  ]) {
    expect(await send("/api/library/remove", { repoIds: [repoId] }), repoId).toBe(400);
    expect(await send("/api/library/verify", { repoId }), repoId).toBe(400);
    expect(await send("/api/downloads", { ref: repoId }), repoId).toBe(400);
  }
  expect(await send("/api/downloads/..%2f..%2fx/cancel", { what: "delete" })).toBe(404);
  expect(await send("/api/downloads/none/cancel", { what: "delete" })).toBe(404);
  const chunked = `POST /api/downloads HTTP/1.1\r\n${hostLine()}${bearerLine()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n11170\r\n${"x".repeat(70_000)}\r\n0\r\n\r\n`;
  expect(statusOf(await rawRequest(web.url, chunked))).toBe(400);
  expect(await send("/api/downloads/limits", { atOnce: 1e9 })).toBe(400);
  expect(await send("/api/downloads/limits", JSON.parse(`{"__proto__": {"atOnce": 5}}`))).toBe(200);
});

test("the token is in no argument list, no output, and its file is its owner's", async () => {
  const told = await (await ask("/api/settings")).text();
  const doctor = await (await ask("/api/doctor")).text();
  for (const text of [web.output(), told, doctor]) {
    expect(text).not.toContain(web.token);
    expect(text).not.toContain("hf_secret");
  }
  if (process.platform !== "win32") {
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(web.token);
    const { mode } = await stat(join(home, "state/mlx-download/web/token"));
    expect(mode & 0o777).toBe(0o600);
    expect(
      (await stat(join(home, "state/mlx-download/web/queue.json")).catch(() => undefined))?.mode ??
        0o600,
    ).toSatisfy((m: number) => (m & 0o077) === 0);
  }
});

test("a second start finds the first, and a taken port is said", async () => {
  const second = await startWebProcess(env);
  expect([second.url, second.token, second.pid]).toEqual([web.url, web.token, web.pid]);
  const elsewhere = { ...env, XDG_STATE_HOME: join(home, "state-2") };
  await expect(startWebProcess(elsewhere, ["--port", new URL(web.url).port])).rejects.toThrow(
    "web/port-taken",
  );
});

const runs = Number(process.env["MLX_DOWNLOAD_FUZZ"] ?? 10_000);

test(
  `${runs} mutated requests meet no error of the server, and open nothing`,
  { timeout: 600_000 },
  async () => {
    const part = fc.oneof(
      fc.constantFrom(
        "GET",
        "POST",
        "/api/library",
        "/api/model?ref=",
        "/",
        "//",
        "..",
        "%00",
        "\r\n",
        "\r\n\r\n",
        "Host: ",
        "Authorization: Bearer ",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        " HTTP/1.1",
        "Origin: ",
        "\t",
        "ÿ",
      ),
      fc.string({ maxLength: 12 }),
    );
    const request = fc.oneof(
      fc.array(part, { maxLength: 20 }).map((parts) => parts.join("")),
      fc
        .tuple(
          fc.constantFrom("GET", "POST", "PUT", "HEAD"),
          fc.webPath(),
          fc.array(part, { maxLength: 6 }),
        )
        .map(
          ([method, path, parts]) =>
            `${method} ${path || "/"} HTTP/1.1\r\n${hostLine()}${parts.join("\r\n")}\r\n${close}`,
        ),
    );
    const texts = fc.sample(request, { numRuns: runs, seed: 21 });
    const seen = new Map<number, number>();
    const lane = async (): Promise<void> => {
      for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
        const answer = await rawRequest(web.url, `${text}\r\n\r\n`.slice(0, 4000), 100);
        const status = statusOf(answer);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        expect(status, JSON.stringify(text)).toBeLessThan(500);
        if (/^\S*\s+\S*\/api\b/i.test(text)) expect(status, JSON.stringify(text)).not.toBe(200);
        expect(answer.includes(web.token) || answer.includes("hf_secret")).toBe(false);
      }
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    expect((await ask("/api/ping")).status).toBe(200);
    console.log("answers by status:", Object.fromEntries(seen));
  },
);
