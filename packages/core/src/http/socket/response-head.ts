import { responseHeaders } from "../response-headers.ts";
import type { ResponseHeaders } from "../transport.ts";

/** How a body ends (RFC 9112 §6.3): not there, after so many bytes, with the last chunk, or with the connection. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** A parsed status line and header block. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly framing: BodyFraming;
  /** May the connection be used again after the body? */
  readonly keepAlive: boolean;
  /** Bytes up to the body. */
  readonly byteLength: number;
}

/** A larger head is refused. */
export const MAX_HEAD_BYTES: number = 64 * 1024;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
// token ":" OWS value OWS. Obsolete line folding is not accepted (RFC 9112 §5).
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/** A head that is refused. The caller may ask again through a more tolerant client. */
export class UnusualHeadError extends Error {
  override readonly name = "UnusualHeadError";
}

/**
 * Reads the head of an answer to `method` from the start of `bytes`. Undefined until its end has arrived. Stricter than
 * the standard: throws `UnusualHeadError` for any head that two parsers could read differently.
 */
export function parseResponseHead(bytes: Buffer, method: string): ResponseHead | undefined {
  const start = bytes.toString("latin1", 0, 7);
  if (start !== "HTTP/1.".slice(0, start.length)) throw new UnusualHeadError("it is no HTTP/1");
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) {
    // Its end may never come as CR LF: better refused at once than waited for.
    if (bytes.includes("\n\n")) throw new UnusualHeadError("the lines end without CR");
    if (bytes.byteLength >= MAX_HEAD_BYTES) throw new UnusualHeadError("the head does not end");
    return undefined;
  }
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = STATUS_LINE.exec(statusLine);
  if (status === null) throw new UnusualHeadError("there is no status line");
  const fields = lines.map((line) => {
    const field = FIELD.exec(line);
    if (field === null) throw new UnusualHeadError("a header field is malformed");
    return [field[1] ?? "", field[2] ?? ""] as const;
  });
  const headers = responseHeaders(fields);
  const code = Number(status[2]);
  const framing = bodyFraming(code, method, headers);
  const connection = (headers.get("connection") ?? "").toLowerCase();
  const persistent = status[1] === "1" && !/(?:^|,)\s*close\s*(?:,|$)/.test(connection);
  return {
    status: code,
    headers,
    framing,
    keepAlive: persistent && framing.kind !== "close" && code !== 101,
    byteLength: end + 4,
  };
}

function bodyFraming(status: number, method: string, headers: ResponseHeaders): BodyFraming {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { kind: "none" };
  }
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw new UnusualHeadError(`transfer coding ${coding}`);
    if (length !== undefined) throw new UnusualHeadError("both a length and chunks");
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "close" };
  // A repeated field comes joined with a comma. Equal values are not ambiguous (RFC 9110 §8.6).
  const [first = "", ...others] = length.split(/[ \t]*,[ \t]*/);
  if (!/^\d{1,16}$/.test(first) || others.some((other) => other !== first)) {
    throw new UnusualHeadError("the length is no number");
  }
  return { kind: "length", length: Number(first) };
}
