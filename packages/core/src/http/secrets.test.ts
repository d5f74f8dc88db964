import { expect, test } from "vitest";
import { replaceSecrets } from "./secrets.ts";

test.each([
  ["token hf_abcdefghijklmnopqrstuvwxyz12345678 here", "token <secret> here"],
  ["cut: hf_abcdefgh", "cut: <secret>"],
  ["of a login: hf_oauth_eyJhbGciOi.eyJzdWIi-x.c2ln_0 given", "of a login: <secret> given"],
  ["with dashes below: hf_made_up_by_a_test", "with dashes below: <secret>"],
  ["Authorization: Bearer abc.def-ghi", "Authorization: <secret>"],
  ["hf_transfer, hf_xet, hf_inference and `hf_hub_download` stay", undefined],
  ["hf_transferxyz012345 does not", "<secret> does not"],
  ["HF_HUB_OFFLINE and hf_short stay", undefined],
])("%s", (text, shown = text) => {
  expect(replaceSecrets(text, "<secret>")).toBe(shown);
});

test("a replacement may keep a part, and none is read as a pattern", () => {
  expect(replaceSecrets("hf_abcdefgh1234", (secret) => `…${secret.slice(-4)}`)).toBe("…1234");
  expect(replaceSecrets("hf_abcdefgh1234", "$&")).toBe("$&");
});
