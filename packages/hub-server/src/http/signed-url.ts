import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The input of a CDN URL. */
export interface SignedUrlRequest {
  /** Percent-encoded, from the root. */
  readonly path: string;
  readonly fileName: string;
  /** ms since 1970. */
  readonly now: number;
  /** How long the URL is good. */
  readonly seconds: number;
  /** The caller's address, which the Hub writes into the URL. */
  readonly address: string;
  /** The caller's id. Undefined for anonymous clients. */
  readonly userId: string | undefined;
}

/** Makes CDN URLs that run out, and tells good ones from others. */
export interface UrlSigner {
  /** Path and query. */
  sign(request: SignedUrlRequest): string;
  /** Whether the URL was signed here for its path and has not run out. */
  check(url: URL, now: number): boolean;
}

/**
 * The Hub's ids have started like this since July 2026. The rest of an id (26 digits) has no
 * meaning here.
 */
const KEY_PAIR_ID = "01KXEF4K0000000000000000MX";

/**
 * A signer with a key of its own: its URLs end with the process. The query has the keys of the
 * Hub's CloudFront links as of September 2026 (`xip` since late that month, `Hash-Algorithm` since
 * September, in varying order). The policy is CloudFront's custom policy: base64 of JSON with `+=/`
 * as `-_~`.
 */
export function createUrlSigner(): UrlSigner {
  const key = randomBytes(32);
  return {
    sign({ path, fileName, now, seconds, address, userId }) {
      const expires = secondsOf(now) + seconds;
      const policy = cloudFrontBase64(JSON.stringify(policyOf(path, expires)));
      const query = new URLSearchParams({
        "X-Xet-Cas-Uid": userId ?? "public",
        ...(userId === undefined ? {} : { user_id: userId }),
        "response-content-disposition": contentDisposition(fileName),
        xip: address,
        Expires: String(Math.ceil(expires)),
        Policy: policy,
        Signature: signatureOf(key, policy),
        "Key-Pair-Id": KEY_PAIR_ID,
        "Hash-Algorithm": "SHA256",
      });
      return `${path}?${query.toString()}`;
    },
    check(url, now) {
      const policy = url.searchParams.get("Policy") ?? "";
      const given = Buffer.from(url.searchParams.get("Signature") ?? "");
      const wanted = Buffer.from(signatureOf(key, policy));
      if (given.byteLength !== wanted.byteLength || !timingSafeEqual(given, wanted)) return false;
      const { path, expires } = readPolicy(policy);
      return url.pathname === path && secondsOf(now) <= expires;
    },
  };
}

interface Policy {
  readonly Statement: readonly {
    readonly Resource: string;
    readonly Condition: { readonly DateLessThan: { readonly "AWS:EpochTime": number } };
  }[];
}

/**
 * Epochs are whole seconds for CloudFront. Here they may have a fraction, so that short lifetimes
 * can be tested.
 */
function policyOf(path: string, expires: number): Policy {
  const condition = { DateLessThan: { "AWS:EpochTime": expires } };
  return { Statement: [{ Resource: path, Condition: condition }] };
}

/** Of a policy whose signature was checked. */
function readPolicy(policy: string): { path: string; expires: number } {
  const base64 = policy.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/");
  const { Statement } = JSON.parse(Buffer.from(base64, "base64").toString()) as Policy;
  const [statement] = Statement;
  return {
    path: statement?.Resource ?? "",
    expires: statement?.Condition.DateLessThan["AWS:EpochTime"] ?? 0,
  };
}

/** As long as the RSA signature of the real one: 256 bytes. */
function signatureOf(key: Uint8Array, policy: string): string {
  const parts = [0, 1, 2, 3].map((part) =>
    createHmac("sha512", key).update(`${part}\n${policy}`).digest(),
  );
  return cloudFrontBase64(Buffer.concat(parts));
}

function cloudFrontBase64(value: string | Uint8Array): string {
  return Buffer.from(value as string)
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("=", "_")
    .replaceAll("/", "~");
}

function secondsOf(ms: number): number {
  return ms / 1000;
}

/** The disposition that the Hub sends with a file. */
export function contentDisposition(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\]/g, "?");
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll("'", "%27");
  return `inline; filename*=UTF-8''${encoded}; filename="${ascii}";`;
}
