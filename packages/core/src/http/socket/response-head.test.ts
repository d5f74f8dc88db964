import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_HEAD_BYTES, parseResponseHead, UnusualHeadError } from "./response-head.ts";

const parse = (text: string, method = "GET") =>
  parseResponseHead(Buffer.from(text, "latin1"), method);
const head = (...lines: string[]): string =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

test("a head is read up to its body, whatever follows", () => {
  const text = head("Content-Length: 5", "X-Two:  a b \t", 'ETag: "x"');
  const parsed = parse(`${text}hello`);
  expect(parsed).toMatchObject({ status: 200, keepAlive: true, byteLength: text.length });
  expect(parsed?.framing).toEqual({ kind: "length", length: 5 });
  expect(parsed?.headers.get("x-two")).toBe("a b");
});

test("a head that goes on is waited for, byte by byte", () => {
  const text = head("Content-Length: 5");
  for (let end = 0; end < text.length; end += 1) expect(parse(text.slice(0, end))).toBeUndefined();
  expect(parse(text)).toBeDefined();
});

test.each([
  ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", { kind: "none" }],
  ["GET", "HTTP/1.1 204 No Content\r\n\r\n", { kind: "none" }],
  ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", { kind: "none" }],
  ["GET", "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n", { kind: "chunked" }],
  ["GET", "HTTP/1.1 200 OK\r\n\r\n", { kind: "close" }],
] as const)(
  "how a body ends is told by method, status and headers: %s %j",
  (method, text, framing) => {
    expect(parse(text, method)?.framing).toEqual(framing);
  },
);

test("a connection is kept open only when both sides allow it", () => {
  expect(parse(head("Content-Length: 0"))?.keepAlive).toBe(true);
  expect(parse(head("Content-Length: 0", "Connection: Close"))?.keepAlive).toBe(false);
  expect(parse(head())?.keepAlive).toBe(false);
  expect(parse("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")?.keepAlive).toBe(false);
});

test.each([head("Content-Length: 5", "Content-Length: 5"), head("Content-Length: 5, 5")])(
  "the same length twice is that length",
  (text) => expect(parse(text)?.framing).toEqual({ kind: "length", length: 5 }),
);

test.each([
  ["no HTTP", "ICY 200 OK\r\n\r\n"],
  ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
  ["no status", "HTTP/1.1 OK\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["a folded line", head("A: b", " c")],
  ["a space before the colon", head("Content-Length : 5")],
  ["a bare LF", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\n"],
  ["a NUL", head("A: b\0c")],
  ["no name", head(": b")],
  ["a negative length", head("Content-Length: -5")],
  ["a length in hex", head("Content-Length: 0x5")],
  ["two lengths", head("Content-Length: 5", "Content-Length: 6")],
  ["lengths that differ in one field", head("Content-Length: 5, 6")],
  ["a length and nothing", head("Content-Length: 5,")],
  ["lines that end in bare LFs", "HTTP/1.1 200 OK\nContent-Length: 5\n\n"],
  ["length and chunks", head("Content-Length: 5", "Transfer-Encoding: chunked")],
  ["a coding of its own", head("Transfer-Encoding: gzip, chunked")],
  ["a head without end", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(MAX_HEAD_BYTES)}`],
])("a head that two parsers could read differently is refused: %s", (_, text) => {
  expect(() => parse(text)).toThrow(UnusualHeadError);
});

test("no bytes make it do anything but read, wait or refuse", () => {
  const piece = fc.constantFrom(
    "HTTP/1.1 ",
    "200",
    "\r\n",
    "\r",
    "\n",
    ":",
    " ",
    "\t",
    "Content-Length",
    "5",
    "chunked",
    "\0",
    "\x80",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${pieces.join("")}\r\n\r\n`, "latin1");
      try {
        const parsed = parseResponseHead(bytes, "GET");
        expect(parsed?.byteLength ?? 0).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(UnusualHeadError);
      }
    }),
  );
});
