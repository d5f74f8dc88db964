import { ModelDownloadError } from "../contract/errors.ts";
import { redactText, redactUrl } from "../http/redact.ts";
import type { HubAnswer, JsonAnswer } from "./hub-client.ts";
import type { Try } from "./retrying.ts";

/**
 * A whole answer read as JSON. Throws `hub/bad-response` when it is not JSON, worth another try unless it is a web
 * page.
 */
export function parseJson({ body, ...answer }: HubAnswer): Try<JsonAnswer> {
  // Some servers write a byte order mark, which JSON does not allow and other clients pass over.
  const text = body.toString("utf8").replace(/^\ufeff/, "");
  try {
    return { value: { ...answer, value: JSON.parse(text) as unknown } };
  } catch (cause) {
    const type = answer.headers.get("content-type") ?? "";
    const html = type.includes("html") || /^\s*</.test(text);
    const error = new ModelDownloadError(
      html
        ? `${answer.url.host} answered with a web page where data was expected`
        : `${answer.url.host} answered with something that is not JSON`,
      "hub/bad-response",
      {
        hint: html
          ? "A captive portal or proxy may be answering: open the endpoint in a browser, log in, and check HF_ENDPOINT."
          : `Try again. If the error persists, check that ${answer.url.origin} is a Hub.`,
        cause,
        data: { status: answer.status, url: redactUrl(answer.url), contentType: redactText(type) },
      },
    );
    // Truncated JSON is an answer cut short without a length. A web page would only come again.
    return { failed: { error, status: answer.status, transient: !html } };
  }
}
