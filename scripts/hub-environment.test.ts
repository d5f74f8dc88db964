import { join } from "node:path";
import { expect, test } from "vitest";
import { hubEnvironment } from "./hub-environment.ts";

test("a child gets the one Hub and home, and nothing of its user's", () => {
  const user = {
    PATH: "/bin",
    HF_TOKEN: "hf_secret",
    HF_HUB_CACHE: "/models",
    HUGGINGFACE_HUB_CACHE: "/old",
    HUGGING_FACE_HUB_TOKEN: "hf_old",
    TRANSFORMERS_OFFLINE: "1",
    XDG_CACHE_HOME: "/xdg",
    XDG_STATE_HOME: "/state",
  };
  expect(hubEnvironment(user, { endpoint: "http://127.0.0.1:1", home: "/home" })).toEqual({
    PATH: "/bin",
    HF_ENDPOINT: "http://127.0.0.1:1",
    HF_HOME: "/home",
    XDG_CONFIG_HOME: join("/home", "config"),
    XDG_STATE_HOME: join("/home", "state"),
    no_proxy: "127.0.0.1,localhost",
  });
});
