import { expect, test } from "vitest";
import { middleAnswer } from "./middle-answer.ts";

const url = new URL("https://huggingface.co/api/models/a/b");
const answer = (status: number, type = "text/html", body = "<html>blocked</html>") =>
  middleAnswer({ url, status, type, body, isHubs: false });

test.each([
  [407, "hub/unreachable", /HTTPS_PROXY=http:\/\/user:password@host:port/],
  [511, "hub/unreachable", /log in to the network/],
  [451, "hub/bad-response", /try another network/],
  [403, "hub/bad-response", /Open https:\/\/huggingface\.co in a web browser/],
  [401, "hub/bad-response", /A token does not help/],
])("%i from the middle", (status, code, hint) => {
  expect(answer(status)).toMatchObject({ code, hint: expect.stringMatching(hint) });
});

test.each([
  [403, "application/json", '{"error":"no"}'],
  [403, "application/xml", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"],
  [404, "text/html", "<html>"],
  [500, "text/html", "<html>"],
])("%i of %s is the server's own", (status, type, body) => {
  expect(answer(status, type, body)).toBeUndefined();
});

test.each([
  '{"error":"Egress to huggingface.co is blocked by Zscaler"}',
  "Access denied: the corporate policy does not allow this site",
  '{"message":"squid: forbidden by proxy"}',
])("403 with %j is a filter's, unless it has the Hub's own code", (body) => {
  const filtered = { url, status: 403, type: "application/json", body };
  expect(middleAnswer({ ...filtered, isHubs: false })).toMatchObject({
    code: "hub/bad-response",
    hint: expect.stringContaining("Ask who runs your network to allow huggingface.co"),
  });
  expect(middleAnswer({ ...filtered, isHubs: true })).toBeUndefined();
});
