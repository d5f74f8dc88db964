import { expect, test } from "vitest";
import { certificateHint } from "./connect-hint.ts";
import { unreachable } from "./network-error.ts";

test.each([
  ["CERT_HAS_EXPIRED", /has expired.*date and time/],
  ["CERT_NOT_YET_VALID", /clock is behind/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /belongs to another host.*HF_ENDPOINT/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /certificate authority.*SSL_CERT_FILE/],
])("%s has advice of its own", (code, hint) => {
  const cause = Object.assign(new Error("refused"), { code });
  const error = unreachable(cause, { url: new URL("https://huggingface.co/") });
  expect(error.hint).toMatch(hint);
});

test("other codes have none", () => {
  expect(certificateHint("ECONNREFUSED")).toBeUndefined();
  expect(certificateHint(undefined)).toBeUndefined();
});
