import { isRetryableStatus } from "../http/retry.ts";
import type { ErrorCode } from "../contract/errors.ts";
import { redactServerText } from "../http/redact.ts";
import type { Question } from "./question.ts";

/** An error answer of a host that the Hub redirected to. */
interface StorageAnswer {
  readonly endpoint: string;
  readonly url: URL;
  readonly status: number;
  readonly body: string;
}

/**
 * `<Code>` and `<Message>` of the XML that S3 and CloudFront answer with. Undefined when the body is something else.
 */
export function storageMessage(body: string): string | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(body)?.[1];
  const parts = [field("Code"), field("Message")].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : redactServerText(parts.join(": "));
}

/**
 * The failure of storage that refuses a link which the Hub has just handed out (401, 403, or any other 4xx that no wait
 * heals): that host is at fault, not the caller's account. Recorded in July 2026: us.gcp.cdn.hf.co answered
 * `SignatureError: invalid key pair id` for hours. Undefined when the Hub itself, or another one, answered.
 */
export function storageRefusal(
  { endpoint, url, status }: StorageAnswer,
  question: Question,
):
  | {
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string;
      readonly data: object;
    }
  | undefined {
  const isStorage =
    question.kind === "file" &&
    URL.parse(endpoint)?.origin !== url.origin &&
    !/^(?:hub-ci\.)?huggingface\.co$/.test(url.hostname);
  if (!isStorage || status < 400 || status >= 500 || isRetryableStatus(status)) {
    return undefined;
  }
  const file = question.path === undefined ? "" : ` for ${question.path}`;
  return {
    code: "transfer/refused",
    message: `${url.host} refuses the link${file} that the Hub gave out`,
    hint: `The storage at ${url.hostname} is at fault, not your account. Run the command again later: it continues where it stopped. Another \`endpoint\` may lead to other storage.`,
    data: { host: url.host },
  };
}
