import { join } from "node:path";

/** What decides where Hugging Face clients look and with what right; a child gets none of it but what is named here. */
const ours = /^(?:HF_|HUGGING_?FACE_|TRANSFORMERS_|XDG_CACHE_HOME$)/u;

/** `env` for a child process that shall know one Hub on this machine and one home of its own, and nothing of its user's. */
export function hubEnvironment(
  env: NodeJS.ProcessEnv,
  hub: { readonly endpoint: string; readonly home: string },
): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name))),
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: hub.home,
    XDG_CONFIG_HOME: join(hub.home, "config"),
    XDG_STATE_HOME: join(hub.home, "state"),
    // A proxy of this machine knows nothing of its loopback; the lower-case name wins.
    no_proxy: "127.0.0.1,localhost",
  };
}
