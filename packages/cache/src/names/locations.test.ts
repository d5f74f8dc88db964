import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheLocations } from "./locations.ts";

const HOME = "/home/ada";

test("without any variable everything lies below ~/.cache/huggingface", () => {
  expect(cacheLocations({ HOME })).toEqual({
    hfHome: "/home/ada/.cache/huggingface",
    hubCache: "/home/ada/.cache/huggingface/hub",
    assetsCache: "/home/ada/.cache/huggingface/assets",
    xetCache: "/home/ada/.cache/huggingface/xet",
    tokenFile: "/home/ada/.cache/huggingface/token",
    storedTokensFile: "/home/ada/.cache/huggingface/stored_tokens",
    warnings: [],
  });
});

test("the newer name of the hub cache wins over the older one, and both over HF_HOME", () => {
  const env = { HOME, HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/new" };
  expect(cacheLocations(env).hubCache).toBe("/new");
  expect(cacheLocations({ HOME, HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old" }).hubCache).toBe(
    "/old",
  );
  expect(cacheLocations({ HOME, HF_HOME: "/hf" }).hubCache).toBe("/hf/hub");
});

test("an explicit cacheDir replaces the hub cache only", () => {
  const locations = cacheLocations({ HOME, HF_HUB_CACHE: "/new" }, { cacheDir: "~/models" });
  expect(locations.hubCache).toBe("/home/ada/models");
  expect(locations.tokenFile).toBe("/home/ada/.cache/huggingface/token");
  const odd = { cacheDir: "/a/$HOME/b", homeDir: undefined };
  expect(cacheLocations({ HOME }, odd).hubCache).toBe("/a/$HOME/b");
});

test("an empty variable counts as unset and says so", () => {
  const locations = cacheLocations({ HOME, HF_HOME: "", HF_HUB_CACHE: "", XDG_CACHE_HOME: "/xdg" });
  expect(locations.hubCache).toBe("/xdg/huggingface/hub");
  expect(locations.warnings).toHaveLength(2);
  expect(locations.warnings.join(" ")).toMatch(/HF_HOME .*HF_HUB_CACHE /);
});

test("a variable that is not set stays in the path as Python leaves it", () => {
  expect(cacheLocations({ HOME, HF_HOME: "/hf/$NOPE/${NOPE}" }).hfHome).toBe("/hf/$NOPE/${NOPE}");
});

test("a relative folder becomes an absolute one", () => {
  expect(cacheLocations({ HOME, HF_HOME: "hf" }).hubCache).toBe(join(process.cwd(), "hf", "hub"));
});

test("an empty variable that decides nothing is not worth a word", () => {
  const env = { HOME, HF_HOME: "/hf", XDG_CACHE_HOME: "", HF_HUB_CACHE: "" };
  expect(cacheLocations(env, { cacheDir: "/mine" }).warnings).toEqual([]);
});

test.each([
  ['"/hf"', "/hf"],
  ["'/hf'", "/hf"],
  ["/hf\r", "/hf"],
  ["/hf\r\n", "/hf"],
  ['"~/hf"\r', "/home/ada/hf"],
])("HF_HOME=%j is the folder without quotes and line end, with a warning", (value, hfHome) => {
  const locations = cacheLocations({ HOME, HF_HOME: value });
  expect(locations.hfHome).toBe(hfHome);
  expect(locations.warnings).toEqual([expect.stringContaining("HF_HOME")]);
});

test("a quote inside of a path stays", () => {
  expect(cacheLocations({ HOME, HF_HOME: "/ada's/hf" })).toMatchObject({
    hfHome: "/ada's/hf",
    warnings: [],
  });
});
