import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { readSettings } from "@mlx-download/core";
import { type MirrorEvent, type ServeMirrorOptions, serveMirror } from "@mlx-download/hub-server";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import { jsonText, writeEvent } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { stopped } from "../../shell/stopped.ts";
import { hubCacheOf } from "../cache/target.ts";
import { type OwnCertificate, ownCertificate } from "./own-certificate.ts";
import { readToken } from "../account/read-token.ts";
import { type AccessToken, readAccessToken } from "./access-token.ts";
import { isLoopback } from "./is-loopback.ts";
import { mirrorLine } from "./mirror-line.ts";
import { servedOptions } from "./served-options.ts";
import { createUpstream } from "./upstream.ts";

const USUAL_PORT = 8090;

/**
 * `mlx-download serve`: serves the cache until it is stopped. The address comes first; with `--json` or `--events` every
 * event follows, a line each. Returns the exit code.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { host = "127.0.0.1" } = flags;
  if (flags.install || flags.uninstall) return installServe(flags, shell);
  const access = await readAccessToken(flags.accessToken, shell);
  if (!isLoopback(host) && access === undefined && !flags.public) {
    throw notSaid(host);
  }
  const forPrograms = flags.json || flags.events;
  const early: MirrorEvent[] = [];
  let tell = (event: MirrorEvent): void => void early.push(event);
  const made = flags.tls ? await ownCertificate({ host, env: shell.env }) : undefined;
  const options = await mirrorOptions(flags, shell, {
    access,
    tls: made ?? (await readTls(flags)),
  });
  refuseItself(options.upstream?.url, { host, port: options.port });
  const mirror = await serveMirror({
    ...options,
    host,
    onEvent: (event) => tell(event),
  });
  const { url } = mirror;
  const tokenFile = access?.file ?? null;
  await shell.stdout.write(
    forPrograms
      ? jsonText({ schema: 1, url, pid: process.pid, tokenFile, ...certificateJson(made) }, false)
      : `${url}\n`,
  );
  tell = (event) => {
    if (forPrograms) writeEvent(event, shell.stdout);
    else if (!flags.quiet) {
      const line = mirrorLine(event);
      if (line !== undefined) shell.stderr.write(`${line}\n`);
    }
  };
  early.forEach((event) => tell(event));
  if (!forPrograms && !flags.quiet) {
    shell.stderr.write(`${firstSteps(flags, url, { access, made })}\n`);
  }
  await stopped(shell.interrupt.signal);
  await mirror.close();
  return 0;
}

async function installServe(flags: Flags, shell: Shell): Promise<number> {
  const { env } = shell;
  const { host = "127.0.0.1", accessToken, install } = flags;
  if (install && env["MLX_DOWNLOAD_ACCESS_TOKEN"] && accessToken === undefined)
    throw usage(
      "the access token of MLX_DOWNLOAD_ACCESS_TOKEN does not go into the file of a service",
      "Add --access-token FILE.",
    );
  if (install && !isLoopback(host) && accessToken === undefined && !flags.public)
    throw notSaid(host);
  const [{ installService }, { flagWords }] = await Promise.all([
    import("../system-job/install-service.ts"),
    import("../system-job/flag-words.ts"),
  ]);
  const cacheDir = await hubCacheOf(flags, shell);
  const words = ["serve", ...flagWords(flags, servedOptions, env), "--cache-dir", cacheDir];
  return installService(
    {
      name: "serve",
      summary: "Serve models as a Hub",
      words,
      remove: "mlx-download serve --uninstall",
    },
    { flags, shell },
  );
}

function notSaid(host: string): Error {
  return usage(
    `others reach ${host}, and nothing says who of them may connect`,
    "Add --access-token FILE to ask for a token, or --public for everyone who reaches it.",
  );
}

async function mirrorOptions(
  flags: Flags,
  shell: Shell,
  {
    access,
    tls,
  }: { readonly access: AccessToken | undefined; readonly tls: ServeMirrorOptions["tls"] },
): Promise<ServeMirrorOptions> {
  const { env } = shell;
  const given = await readToken(flags, shell);
  const options = { cacheDir: flags.cacheDir, endpoint: flags.endpoint, env, ...given };
  const settings = await readSettings(options);
  const { endpoint, cacheDir, token } = settings;
  const offline = flags.offline || settings.offline;
  const { connections, limitRate, refresh } = flags;
  return {
    cacheDir,
    port: flags.port ?? USUAL_PORT,
    tls,
    upstream: offline
      ? undefined
      : createUpstream({ ...options, url: endpoint, connections, limitRate }),
    pullThrough: flags.pullThrough,
    share: flags.share,
    serverToken: flags.useMyToken ? token : undefined,
    accessToken: access?.token,
    // Whoever reaches a public mirror may get what they can name, and no list.
    listRepos: access !== undefined || isLoopback(flags.host ?? "127.0.0.1"),
    allow: flags.allow,
    deny: flags.deny,
    refreshMs: refresh === undefined ? undefined : refresh * 1000,
    maxBytes: flags.maxSize,
  };
}

/** A machine whose HF_ENDPOINT is its own mirror would ask itself without end. */
function refuseItself(
  endpoint: string | undefined,
  { host, port }: { readonly host: string; readonly port: number | undefined },
): void {
  const url = URL.parse(endpoint ?? "");
  const isHere = url !== null && (isLoopback(url.hostname) || url.hostname === host);
  if (!isHere || url.port !== String(port)) return;
  throw usage(
    `the Hub of this mirror, ${endpoint}, would be the mirror itself`,
    "Add --endpoint https://huggingface.co, or another --port.",
  );
}

function certificateJson(made: OwnCertificate | undefined): object {
  return made === undefined ? {} : { certFile: made.certFile, fingerprint: made.fingerprint };
}

async function readTls({ tlsCert, tlsKey }: Flags): Promise<ServeMirrorOptions["tls"]> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCert, "utf8"), readFile(tlsKey, "utf8")]);
  return { cert, key };
}

/** How a client is told of the mirror. */
function firstSteps(
  flags: Flags,
  url: string,
  {
    access,
    made,
  }: { readonly access: AccessToken | undefined; readonly made: OwnCertificate | undefined },
): string {
  const token = access === undefined ? "" : `HF_TOKEN=$(cat ${access.file ?? "TOKEN"}) `;
  const what = flags.pullThrough
    ? "serves the cache, and fetches what it lacks"
    : "serves what is in the cache";
  const trust = made === undefined ? "" : `SSL_CERT_FILE=${basename(made.certFile)} `;
  const lines = [
    `It ${what}. On a client: ${token}${trust}HF_ENDPOINT=${url} hf download org/name`,
    ...(made === undefined
      ? []
      : [`Its certificate is ${made.certFile}, for clients. SHA-256 ${made.fingerprint}`]),
    ...(access !== undefined && !url.startsWith("https:") && !isLoopback(new URL(url).hostname)
      ? ["warning: tokens go over the network as they are. Add --tls."]
      : []),
    "Ctrl-C ends it.",
  ];
  return lines.join("\n");
}
