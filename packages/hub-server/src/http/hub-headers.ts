import { randomBytes, randomUUID } from "node:crypto";
import type { HubConfig } from "../hub-options.ts";
import type { HubAnswer } from "./answer.ts";

const WINDOW_SECONDS = 300;

/** A quota that requests are counted against. */
type Bucket = "api" | "resolvers";
const QUOTA: Readonly<Record<Bucket, number>> = { api: 500, resolvers: 3000 };

/**
 * On the answers to anonymous clients since about June 2026: a topic, a semicolon and a message.
 */
const ANONYMOUS =
  "unauthenticated; Warning: You are sending unauthenticated requests to the HF Hub. Please set a HF_TOKEN to enable higher rate limits and faster downloads.";

/** The facts that the headers depend on. */
export type HubHeadersConfig = Pick<HubConfig, "now" | "basePath" | "anonymousWarning">;

/** Adds the headers that every answer of the Hub carries, with the anonymous quotas counted down (but never enforced). */
export function createHubHeaders({
  now,
  basePath,
  anonymousWarning,
}: HubHeadersConfig): (answer: Pick<HubAnswer, "status" | "headers">, request: Request) => void {
  let windowStart = 0;
  const used: Record<Bucket, number> = { api: 0, resolvers: 0 };
  return ({ status, headers }, request) => {
    const path = new URL(request.url).pathname.slice(basePath.length);
    if (now() - windowStart >= WINDOW_SECONDS * 1000) {
      windowStart = now();
      used.api = 0;
      used.resolvers = 0;
    }
    const bucket: Bucket =
      path.startsWith("/api/") && !path.startsWith("/api/resolve-cache/") ? "api" : "resolvers";
    used[bucket] += 1;
    const quota = QUOTA[bucket];
    const rest = Math.max(1, quota - used[bucket]);
    const reset = Math.max(1, Math.ceil(WINDOW_SECONDS - (now() - windowStart) / 1000));
    const trace = randomBytes(12).toString("hex");
    const always = {
      "x-powered-by": "huggingface-moon",
      "x-request-id": `Root=1-${Math.floor(now() / 1000).toString(16)}-${trace};${callersId(request) ?? randomUUID()}`,
      ratelimit: `"${bucket}";r=${rest};t=${reset}`,
      "ratelimit-policy": `"fixed window";"${bucket}";q=${quota};w=${WINDOW_SECONDS}`,
      "access-control-allow-origin": "https://huggingface.co",
      "access-control-expose-headers":
        "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash",
      "access-control-max-age": "86400",
      // On API answers two lines on the wire (httpcore log, 2026-06-08), on files `Origin` alone
      // (curl, 2026-05-23).
      vary: bucket === "api" ? "Origin, Accept-Encoding" : "Origin",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      via: "1.1 00000000000000000000000000000000.cloudfront.net (CloudFront)",
      "x-cache": status >= 400 ? "Error from cloudfront" : "Miss from cloudfront",
      "x-amz-cf-pop": "CDG52-P4",
      "x-amz-cf-id": `${randomBytes(40).toString("base64")}==`,
    };
    for (const [name, value] of Object.entries(always)) headers.set(name, value);
    if (anonymousWarning && !request.headers.has("authorization")) {
      headers.set("x-hf-warning", ANONYMOUS);
    }
  };
}

/** The id that a client gives its request in `X-Amzn-Trace-Id` (huggingface_hub does): it ends the Hub's own. */
function callersId(request: Request): string | undefined {
  const id = request.headers.get("x-amzn-trace-id") ?? request.headers.get("x-request-id") ?? "";
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : undefined;
}
