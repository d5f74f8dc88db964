import fc from "fast-check";
import { expect, test } from "vitest";
import { readMessage } from "./bridge-message.ts";
import { readHello } from "./python-info.ts";
import { readRuntime } from "./python-runtime.ts";

test("any text and any JSON is a message or is none, and never an exception", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      readMessage(line);
      readHello(line);
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => void readRuntime(value)),
  );
});

test.each([
  ['{"beat":1}', { kind: "beat" }],
  ['{"id":1,"event":{"type":"file"}}', { kind: "event", id: 1, event: { type: "file" } }],
  ['{"id":1,"result":{"count":2}}', { kind: "result", id: 1, result: { count: 2 } }],
  [
    '{"id":1,"error":{"kind":"network","code":"ECONNRESET","message":"cut","midway":true}}',
    {
      kind: "error",
      id: 1,
      failure: { kind: "network", code: "ECONNRESET", message: "cut", midway: true },
    },
  ],
  [
    '{"id":1,"error":{"kind":"answer","status":404,"headers":{"x-error-code":"RepoNotFound","n":1},"url":"http://h/","body":""}}',
    {
      kind: "error",
      id: 1,
      failure: {
        kind: "answer",
        status: 404,
        headers: { "x-error-code": "RepoNotFound" },
        url: "http://h/",
        body: "",
      },
    },
  ],
])("%s is read", (line, message) => {
  expect(readMessage(line)).toEqual(message);
});

test.each([
  '{"id":1}',
  '{"id":"1","result":{}}',
  '{"id":1,"result":[]}',
  '{"id":1,"error":{"kind":"coded","code":"x"}}',
  "[]",
  "null",
  "Loading…",
])("%s is no message", (line) => {
  expect(readMessage(line)).toBeUndefined();
});

test("a greeting of another protocol, one of an old Python, and a missing one are told apart", () => {
  expect(readHello('{"hello":{"python":"3.12.0","protocol":2}}')).toEqual({ protocol: 2 });
  expect(readHello('{"hello":{"python":"3.8.1","protocol":1,"unsupported":true}}')).toEqual({
    tooOld: "3.8.1",
  });
  expect(readHello('{"hello":{}}')).toBeUndefined();
  expect(
    readHello('{"hello":{"python":"3.12.0","protocol":1,"huggingfaceHub":null}}'),
  ).toMatchObject({
    python: "3.12.0",
    huggingfaceHub: undefined,
  });
});
