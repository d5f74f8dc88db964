import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { failureOf } from "../../test/serve.ts";
import { readSettings } from "./settings.ts";

/** A home without anything in it, so that nothing of this machine is read. */
async function home(env: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  return { HF_HOME: await tempDir(), ...env };
}

describe("readSettings", () => {
  test("has the Python client's defaults", async () => {
    const env = await home();
    expect(await readSettings({ env })).toEqual({
      endpoint: "https://huggingface.co",
      mirrors: [],
      tokenEndpoint: "https://huggingface.co",
      token: undefined,
      tokenSource: undefined,
      cacheDir: join(env["HF_HOME"] ?? "", "hub"),
      offline: false,
      symlinks: true,
      progressBars: undefined,
      etagTimeoutMs: 10_000,
      downloadTimeoutMs: 10_000,
      limitRate: Infinity,
      xet: "auto",
      peers: [],
      findPeers: false,
      userAgentOrigin: undefined,
      warnings: [],
    });
  });

  test("reads every variable", async () => {
    const env = await home({
      HF_ENDPOINT: "http://127.0.0.1:8080/mirror/",
      HF_TOKEN: "hf_a",
      HF_HUB_CACHE: "/models",
      HF_HUB_OFFLINE: "on",
      HF_HUB_DISABLE_SYMLINKS: "TRUE",
      HF_HUB_DISABLE_PROGRESS_BARS: "0",
      HF_HUB_ETAG_TIMEOUT: "30",
      HF_HUB_DOWNLOAD_TIMEOUT: " 5 ",
      MLX_DOWNLOAD_LIMIT_RATE: "5M",
      MLX_DOWNLOAD_XET: "off",
      MLX_DOWNLOAD_PEERS: "http://mini.local:8090, http://studio.local:8090/",
      HF_HUB_USER_AGENT_ORIGIN: "engine",
      HF_HUB_ENABLE_HF_TRANSFER: "1",
    });
    expect(await readSettings({ env })).toEqual({
      endpoint: "http://127.0.0.1:8080/mirror",
      mirrors: [],
      tokenEndpoint: "http://127.0.0.1:8080/mirror",
      token: "hf_a",
      tokenSource: "HF_TOKEN",
      cacheDir: "/models",
      offline: true,
      symlinks: false,
      progressBars: true,
      etagTimeoutMs: 30_000,
      downloadTimeoutMs: 5000,
      limitRate: 5_000_000,
      xet: "off",
      peers: ["http://mini.local:8090", "http://studio.local:8090"],
      findPeers: false,
      userAgentOrigin: "engine",
      warnings: [expect.stringContaining("HF_HUB_ENABLE_HF_TRANSFER")],
    });
  });

  test.each([
    ["http://a, https://b/x/,http://a", "http://a", ["https://b/x"], "http://a"],
    [
      "http://a,https://huggingface.co",
      "http://a",
      ["https://huggingface.co"],
      "https://huggingface.co",
    ],
    [["http://a", "http://b,http://c"], "http://a", ["http://b", "http://c"], "http://a"],
  ])(
    "of several endpoints %j the first is asked first, and the Hub itself alone gets the token",
    async (list, endpoint, mirrors, tokenEndpoint) => {
      const wanted = { endpoint, mirrors, tokenEndpoint };
      expect(await readSettings({ env: await home(), endpoint: list })).toMatchObject(wanted);
      const env = await home({ HF_ENDPOINT: [list].flat().join(",") });
      expect(await readSettings({ env })).toMatchObject(wanted);
    },
  );

  test("an option wins over its variable, an empty one does not", async () => {
    const env = await home({
      HF_ENDPOINT: "https://a",
      HF_TOKEN: "hf_a",
      HF_HUB_OFFLINE: "1",
      HF_HUB_CACHE: "/a",
    });
    const options = { endpoint: "https://b", token: "hf_b", offline: false, cacheDir: "/b" };
    expect(await readSettings({ env, ...options })).toMatchObject({
      ...options,
      tokenSource: "the token option",
    });
    expect(await readSettings({ env, endpoint: "", token: "", cacheDir: "" })).toMatchObject({
      endpoint: "https://a",
      token: "hf_a",
      cacheDir: "/a",
    });
  });

  test.each(["1", "ON", "Yes", "true"])("HF_HUB_OFFLINE=%s is on", async (value) => {
    expect(await readSettings({ env: await home({ HF_HUB_OFFLINE: value }) })).toMatchObject({
      offline: true,
    });
  });

  test.each(["0", "off", "y", "2", "enabled"])("HF_HUB_OFFLINE=%s is off", async (value) => {
    expect(await readSettings({ env: await home({ HF_HUB_OFFLINE: value }) })).toMatchObject({
      offline: false,
    });
  });

  test("TRANSFORMERS_OFFLINE counts, too", async () => {
    const env = await home({ HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "1" });
    expect((await readSettings({ env })).offline).toBe(true);
  });

  test("an empty variable is unset, with a warning", async () => {
    const env = await home({ HF_ENDPOINT: "", HF_TOKEN: " ", HF_HUB_ETAG_TIMEOUT: "" });
    const settings = await readSettings({ env });
    expect(settings).toMatchObject({
      endpoint: "https://huggingface.co",
      mirrors: [],
      tokenEndpoint: "https://huggingface.co",
      token: undefined,
      etagTimeoutMs: 10_000,
    });
    expect(settings.warnings.map((text) => text.split(" ")[0])).toEqual([
      "HF_ENDPOINT",
      "HF_TOKEN",
      "HF_HUB_ETAG_TIMEOUT",
    ]);
  });

  test("knows the staging site", async () => {
    const env = await home({ HUGGINGFACE_CO_STAGING: "1" });
    expect((await readSettings({ env })).endpoint).toBe("https://hub-ci.huggingface.co");
  });

  test("keeps a user name and password of an endpoint apart from its address", async () => {
    const HF_ENDPOINT = "https://anna:p%s#w@mirror.corp/hf/, https://huggingface.co";
    const settings = await readSettings({ env: await home({ HF_ENDPOINT }) });
    expect(settings.endpoint).toBe("https://mirror.corp/hf");
    expect(settings.mirrors).toEqual(["https://huggingface.co"]);
    expect(settings.logins).toEqual(new Map([["https://mirror.corp/hf", "anna:p%s#w"]]));
  });

  test.each([
    "huggingface.co",
    "ftp://h",
    "https://",
    "https://h?x=secretword",
    "https://h#x",
    "not a url",
  ])("refuses the endpoint %s without repeating it", async (endpoint) => {
    const error = await failureOf(readSettings({ env: await home({ HF_ENDPOINT: endpoint }) }));
    expect(error).toMatchObject({ code: "settings/invalid", data: { source: "HF_ENDPOINT" } });
    expect(error.message).not.toContain("secretword");
  });

  test.each(["0", "-1", "1.5", "ten", "1e3", "99999999"])(
    "refuses a timeout of %s",
    async (value) => {
      for (const variable of ["HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"]) {
        expect(
          await failureOf(readSettings({ env: await home({ [variable]: value }) })),
        ).toMatchObject({
          code: "settings/invalid",
          data: { variable },
        });
      }
    },
  );
});

describe("the token", () => {
  test("comes from the first of option, HF_TOKEN, the older name, the token file", async () => {
    const env = await home({ HF_TOKEN: "hf_a\r\n", HUGGING_FACE_HUB_TOKEN: "hf_b" });
    const file = join(env["HF_HOME"] ?? "", "token");
    await writeFile(file, "hf_c\n");
    const found = async (over: NodeJS.ProcessEnv, token?: string | false) => {
      const settings = await readSettings({ env: { ...env, ...over }, token });
      return [settings.token, settings.tokenSource];
    };
    expect(await found({}, "hf_o")).toEqual(["hf_o", "the token option"]);
    expect(await found({})).toEqual(["hf_a", "HF_TOKEN"]);
    expect(await found({ HF_TOKEN: "" })).toEqual(["hf_b", "HUGGING_FACE_HUB_TOKEN"]);
    const none = { HF_TOKEN: undefined, HUGGING_FACE_HUB_TOKEN: undefined };
    expect(await found(none)).toEqual(["hf_c", `the token file ${file}`]);
    expect(await found({}, false)).toEqual([undefined, undefined]);
  });

  test("is not taken unasked with HF_HUB_DISABLE_IMPLICIT_TOKEN", async () => {
    const env = await home({ HF_TOKEN: "hf_a", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" });
    await writeFile(join(env["HF_HOME"] ?? "", "token"), "hf_c");
    expect((await readSettings({ env })).token).toBeUndefined();
    expect((await readSettings({ env, token: "hf_o" })).token).toBe("hf_o");
  });

  test.each([`"hf_a"`, `'hf_a'`, ` "hf_a" \r\n`, `"hf_a\n"`])(
    "comes without the quotes that an environment file left around it: %j",
    async (text) => {
      const env = await home({ HF_TOKEN: text, HF_ENDPOINT: `"https://a"` });
      expect(await readSettings({ env })).toMatchObject({ token: "hf_a", endpoint: "https://a" });
    },
  );

  test("is read from HF_TOKEN_PATH", async () => {
    const dir = await tempDir();
    await writeFile(join(dir, "mine"), " hf_d ");
    const env = await home({ HF_TOKEN_PATH: join(dir, "mine") });
    expect((await readSettings({ env })).token).toBe("hf_d");
  });

  test("an empty token file is none, one that cannot be read gives a warning", async () => {
    const env = await home();
    const file = join(env["HF_HOME"] ?? "", "token");
    await writeFile(file, "\n");
    expect(await readSettings({ env })).toMatchObject({ token: undefined, warnings: [] });
    await mkdir(join(env["HF_HOME"] ?? "", "folder"));
    const settings = await readSettings({
      env: { ...env, HF_TOKEN_PATH: join(env["HF_HOME"] ?? "", "folder") },
    });
    expect(settings.token).toBeUndefined();
    expect(settings.warnings).toEqual([expect.stringContaining("cannot be read")]);
  });

  test.each(["hf_a\u0000b", "hf a", "hf_ä", "hf_a\nhf_b", "x".repeat(5000)])(
    "is refused when it cannot be a header, and never shown: %j",
    async (token) => {
      const env = await home();
      await writeFile(join(env["HF_HOME"] ?? "", "token"), token);
      const error = await failureOf(readSettings({ env }));
      expect(error).toMatchObject({ code: "settings/invalid" });
      expect(error.message).toContain("token file");
      expect(inspect(error)).not.toContain(token);
    },
  );
});
