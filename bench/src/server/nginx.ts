import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync, readSync, statSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Certificate } from "./certificate.ts";

/** A running nginx that serves the bytes of repos under the paths of the Hub's CDN. */
export interface Nginx {
  readonly version: string;
  readonly plainUrl: string;
  readonly tlsUrl: string | undefined;
  /** All bytes that nginx says it has sent; a request counts when it has ended. */
  bytesSent(): number;
  close(): Promise<void>;
}

/**
 * Starts nginx in the foreground over `root` (`<org>/<name>/<path>`, xorbs in `xorbs`), with its files in `folder`. Undefined
 * where there is none.
 */
export async function startNginx(
  root: string,
  folder: string,
  certificate: Certificate | undefined,
): Promise<Nginx | undefined> {
  const said = spawnSync("nginx", ["-v"], { encoding: "utf8" });
  if (said.status !== 0) return undefined;
  const ports = await freePorts(2);
  const log = join(folder, "wire.log");
  await mkdir(folder, { recursive: true });
  await writeFile(log, "");
  const path = join(folder, "nginx.conf");
  await writeFile(path, configuration({ root, folder, log, ports, certificate }));
  const child = spawn("nginx", ["-p", folder, "-c", path, "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  const [plain = 0, tls = 0] = ports;
  await reachable(plain, async () => {
    if (child.exitCode === null) return;
    throw new Error(`nginx ended: ${await readFile(join(folder, "error.log"), "utf8")}`);
  });
  return {
    version: /nginx\/\S+/.exec(said.stderr)?.[0] ?? "nginx",
    plainUrl: `http://localhost:${plain}`,
    tlsUrl: certificate && `https://localhost:${tls}`,
    bytesSent: createLogSum(log),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function configuration(of: {
  root: string;
  folder: string;
  log: string;
  ports: readonly number[];
  certificate: Certificate | undefined;
}): string {
  const { root, folder, log, ports, certificate } = of;
  const [plain = 0, tls = 0] = ports;
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path "${folder}/${kind}";`,
  );
  const location = String.raw`location ~ ^/repos/(?<repo>[^/]+/[^/]+)/[^/]+/(?<file>.+)$ { alias "${root}/$repo/$file"; }
    location ~ ^/xorbs/default/(?<xorb>[0-9a-f]+)$ { alias "${root}/xorbs/$xorb"; }`;
  const secure = certificate
    ? `server {
    listen 127.0.0.1:${tls} ssl;
    ssl_certificate "${certificate.cert}";
    ssl_certificate_key "${certificate.key}";
    ssl_protocols TLSv1.3;
    ${location}
  }`
    : "";
  return `daemon off;
master_process off;
pid "${folder}/nginx.pid";
error_log "${folder}/error.log";
events { worker_connections 512; }
http {
  ${temps.join("\n  ")}
  default_type application/octet-stream;
  log_format wire "$bytes_sent";
  access_log "${log}" wire;
  sendfile on;
  tcp_nopush on;
  sendfile_max_chunk 2m;
  keepalive_requests 100000;
  add_header X-Cache "Miss from cloudfront";
  server {
    listen 127.0.0.1:${plain};
    ${location}
  }
  ${secure}
}
`;
}

/** Sums the numbers, one a line, of a file that grows. */
function createLogSum(path: string): () => number {
  const file = openSync(path, "r");
  let at = 0;
  let sum = 0;
  let rest = "";
  return () => {
    const fresh = Buffer.alloc(statSync(path).size - at);
    at += readSync(file, fresh, 0, fresh.byteLength, at);
    const lines = (rest + fresh.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) sum += Number(line);
    return sum;
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function reachable(port: number, check: () => Promise<void>): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await check();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
