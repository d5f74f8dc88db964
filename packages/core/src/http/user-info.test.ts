import { expect, test } from "vitest";
import { encodeUserInfo, userInfo } from "./user-info.ts";

test.each([
  ["http://anna:secret@proxy:8080", "anna:secret", "proxy:8080"],
  ["http://anna:p%ss@proxy:8080", "anna:p%ss", "proxy:8080"],
  ["http://anna:p#a?s@proxy:8080", "anna:p#a?s", "proxy:8080"],
  ["http://CORP\\anna:p\\w@proxy:8080", "CORP\\anna:p\\w", "proxy:8080"],
  ["http://anna:p@ss:w@proxy", "anna:p@ss:w", "proxy"],
  ["http://anna:a/b#c@proxy:8080/", "anna:a/b#c", "proxy:8080"],
  ["http://anna:p%23ss@proxy:8080", "anna:p#ss", "proxy:8080"],
  ["http://anna:100%25@proxy", "anna:100%", "proxy"],
  ["http://anna:ключ ü@proxy", "anna:ключ ü", "proxy"],
  ["http://anna@proxy", "anna:", "proxy"],
  ["http://proxy:8080/a@b", undefined, "proxy:8080"],
  ["http://proxy:8080", undefined, "proxy:8080"],
])("%s", (address, login, host) => {
  const url = new URL(encodeUserInfo(address));
  expect(userInfo(url)).toBe(login);
  expect(url.host).toBe(host);
});

test("text that is not an address stays as it is", () => {
  expect(encodeUserInfo("nonsense @ all")).toBe("nonsense @ all");
});
