import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Makes CDN URLs that run out, and tells good ones from others. */
export interface UrlSigner {
  /** `path` with a query that is good for `seconds` from `now` (ms since 1970). */
  sign(path: string, fileName: string, life: { now: number; seconds: number }): string;
  /** Whether the URL was signed here for its path and has not run out. */
  check(url: URL, now: number): boolean;
}

/** A signer with a key of its own: its URLs end with the process. The query looks like an S3 presigned one. */
export function createUrlSigner(): UrlSigner {
  const key = randomBytes(32);
  const signature = (path: string, date: string, seconds: string): Buffer =>
    createHmac("sha256", key).update(`${path}\n${date}\n${seconds}`).digest();
  return {
    sign(path, fileName, { now, seconds }) {
      const date = amzDate(now);
      const query = new URLSearchParams({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
        "X-Amz-Credential": `cas/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
        "X-Amz-Date": date,
        "X-Amz-Expires": String(seconds),
        "X-Amz-Signature": signature(path, date, String(seconds)).toString("hex"),
        "X-Amz-SignedHeaders": "host",
        "X-Xet-Cas-Uid": "public",
        "response-content-disposition": contentDisposition(fileName),
      });
      return `${path}?${query.toString()}`;
    },
    check(url, now) {
      const date = url.searchParams.get("X-Amz-Date") ?? "";
      const seconds = url.searchParams.get("X-Amz-Expires") ?? "";
      const given = Buffer.from(url.searchParams.get("X-Amz-Signature") ?? "", "hex");
      const wanted = signature(url.pathname, date, seconds);
      return (
        given.byteLength === wanted.byteLength &&
        timingSafeEqual(given, wanted) &&
        now <= amzTime(date) + Number(seconds) * 1000
      );
    },
  };
}

/** The disposition that the Hub sends with a file. */
export function contentDisposition(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\]/g, "?");
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll("'", "%27");
  return `inline; filename*=UTF-8''${encoded}; filename="${ascii}";`;
}

/** `20260401T000000Z`, with milliseconds when there are some, so that short lives can be tested. */
function amzDate(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.000/g, "");
}

function amzTime(date: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d+)?)Z$/.exec(date);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
