import type { Failure } from "../contract.ts";
import { isToken } from "./token.ts";

/** A request as the gate sees it. */
export interface Knock {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  /** Every header as it was sent, with its name in any case. A header that came twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Who may come in. */
export interface GateRules {
  readonly port: number;
  readonly token: string;
}

/** Why a request is not let in, and the HTTP status that says so. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 421;
  readonly failure: Failure;
}

/** Longest body of a request, in bytes. */
export const MAX_BODY_BYTES: number = 64 * 1024;

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"]);

/**
 * Judges a request before any route sees it. Undefined lets it in. Deny by default: the Host must be ours exactly (a rebound
 * name is a foreign Host), a browser must say that the request is the page's own, and everything that is not a file of the page
 * needs the token. Opening the page by a link is the one thing that a foreign document may do.
 */
export function judge({ method, target, headers }: Knock, rules: GateRules): Refusal | undefined {
  const all = (name: string): readonly string[] =>
    headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
  const hosts = all("host");
  const [host = ""] = hosts;
  // Also of an absolute-form target, which stands above the Host header.
  if (hosts.length !== 1 || !target.startsWith("/") || !ownHosts(rules.port).includes(host)) {
    return refuse(421, "This server answers to its own loopback address only.");
  }
  if (target.startsWith("//") || target.includes("\\")) return refuse(400, "The address is odd.");
  if (!METHODS.has(method)) return refuse(405, `${printable(method)} is not answered here.`);
  const isApi = /^\/api(?:\/|\?|$)/i.test(target);
  const [site = "none", ...sites] = all("sec-fetch-site");
  const isVisit =
    method === "GET" &&
    /^\/(?:\?.*)?$/.test(target) &&
    all("sec-fetch-mode").join() === "navigate" &&
    all("sec-fetch-dest").join() === "document";
  const own = site === "same-origin" || site === "none" || isVisit;
  const origins = all("origin");
  const foreign = origins.some((origin) => origin !== `http://${host}`);
  if (!own || sites.length > 0 || origins.length > 1 || foreign) {
    return refuse(403, "The request comes from another page.");
  }
  if (!isApi) {
    return method === "POST" ? refuse(405, "POST is not answered here.") : undefined;
  }
  const given = all("authorization");
  if (method === "HEAD") return refuse(405, "HEAD is not answered here.");
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(given.length === 1 ? (given[0] ?? "") : "")?.[1];
  if (bearer === undefined || !isToken(bearer, rules.token)) {
    return {
      status: 401,
      failure: {
        code: "web/no-token",
        message: "This page has no valid token.",
        hint: "Open it again with: mlx-download web",
      },
    };
  }
  return method === "POST" ? judgeBody(all) : undefined;
}

function judgeBody(all: (name: string) => readonly string[]): Refusal | undefined {
  const types = all("content-type");
  if (types.length !== 1 || !/^application\/json(?:; ?charset=utf-8)?$/i.test(types[0] ?? "")) {
    return refuse(415, "Only application/json is read here.");
  }
  const lengths = all("content-length");
  const length = Number(lengths[0] ?? "0");
  return length <= MAX_BODY_BYTES
    ? undefined
    : refuse(413, `A request may have ${MAX_BODY_BYTES} bytes at most.`);
}

/** How this server is addressed: loopback alone, by any of its three names. */
function ownHosts(port: number): readonly string[] {
  const hosts = ["127.0.0.1", "localhost", "[::1]"];
  // Browsers leave the default port out.
  return port === 80
    ? [...hosts, ...hosts.map((host) => `${host}:80`)]
    : hosts.map((host) => `${host}:${port}`);
}

function refuse(status: Refusal["status"], message: string): Refusal {
  const hint = "Open the page with: mlx-download web";
  return { status, failure: { code: "web/refused", message, hint } };
}

function printable(text: string): string {
  return text.replaceAll(/[^\w-]/g, "?").slice(0, 20);
}
