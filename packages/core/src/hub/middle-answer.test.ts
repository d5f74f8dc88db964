import { expect, test } from "vitest";
import { middleAnswer } from "./middle-answer.ts";

const url = new URL("https://huggingface.co/api/models/a/b");
const answer = (status: number, type = "text/html", body = "<html>blocked</html>") =>
  middleAnswer({ url, status, type, body });

test.each([
  [407, "hub/unreachable", /HTTPS_PROXY=http:\/\/user:password@host:port/],
  [511, "hub/unreachable", /log in to the network/],
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
