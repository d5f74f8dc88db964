import { expect, test } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

test.each([
  ["token hf_abcdefghijklmnopqrstuvwxyz1234 here", "token hf_…1234 here"],
  ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer …"],
  ["https://user:pass@host/path", "https://…@host/path"],
  [
    "https://cdn/x?Signature=abc~def&Expires=12&Key-Pair-Id=K1",
    "https://cdn/x?Signature=…&Expires=12&Key-Pair-Id=…",
  ],
  ["https://s3/x?X-Amz-Signature=0123&X-Amz-Date=2", "https://s3/x?X-Amz-Signature=…&X-Amz-Date=…"],
  ["hf_transfer and hf_xet stay", "hf_transfer and hf_xet stay"],
])("%s", (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test("the token of a login in the browser is hidden to its end", () => {
  const shown = maskSecrets("refused: hf_oauth_eyJhbGciOi.eyJzdWIi-x.c2ln_0abcd.");
  expect(shown).not.toMatch(/eyJ|c2ln/);
});

test("a known secret is masked whatever it looks like", () => {
  expect(maskSecrets("sent s3cr3t-of-a-mirror to", ["s3cr3t-of-a-mirror", undefined, ""])).toBe(
    "sent …rror to",
  );
});
