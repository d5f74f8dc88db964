import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { PhysicalRange } from "./reconstruction-answer.ts";

/** Why an address brings no bytes, in the words of the CDNs (xet-core #897). Undefined when it does. */
export type UrlFault =
  | "expired"
  | "SignatureError: invalid signature"
  | "Auth failed: invalid range";

/** Addresses of xorbs that are good for some ranges, for some time. */
export interface XorbUrls {
  /** Path and query. */
  sign(xorb: string, ranges: readonly PhysicalRange[], expires: number): string;
  check(
    url: URL,
    options: { now: number; range: PhysicalRange; exact: boolean },
  ): UrlFault | undefined;
}

/**
 * A signer with a key of its own. The query has the keys of the storage's links, `X-Xet-Signed-Range` with the ranges and
 * `Expires` in whole seconds. The policy, which is signed, has the fraction.
 */
export function createXorbUrls(): XorbUrls {
  const key = randomBytes(32);
  const signature = (policy: string): Buffer => createHmac("sha256", key).update(policy).digest();
  return {
    sign(xorb, ranges, expires) {
      const path = `/xorbs/default/${xorb}`;
      const signed = `bytes=${ranges.map(({ start, end }) => `${start}-${end}`).join(",")}`;
      const policy = Buffer.from(JSON.stringify({ path, signed, expires })).toString("base64url");
      const query = new URLSearchParams({
        "X-Xet-Signed-Range": signed,
        Expires: String(Math.ceil(expires / 1000)),
        Policy: policy,
        Signature: signature(policy).toString("base64url"),
        "Key-Pair-Id": "01KXEF4K0000000000000000MX",
      });
      return `${path}?${query.toString()}`;
    },
    check(url, { now, range, exact }) {
      const policy = url.searchParams.get("Policy") ?? "";
      const given = Buffer.from(url.searchParams.get("Signature") ?? "", "base64url");
      const wanted = signature(policy);
      if (given.byteLength !== wanted.byteLength || !timingSafeEqual(given, wanted)) {
        return "SignatureError: invalid signature";
      }
      const { path, signed, expires } = JSON.parse(Buffer.from(policy, "base64url").toString()) as {
        readonly path: string;
        readonly signed: string;
        readonly expires: number;
      };
      if (path !== url.pathname) return "SignatureError: invalid signature";
      if (now > expires) return "expired";
      const ranges = signed
        .slice("bytes=".length)
        .split(",")
        .map((one) => one.split("-").map(Number) as [number, number]);
      const listed = ranges.some(([start, end]) =>
        exact
          ? range.start === start && range.end === end
          : range.start >= start && range.end <= end,
      );
      return listed ? undefined : "Auth failed: invalid range";
    },
  };
}
