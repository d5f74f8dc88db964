/**
 * The environment of the Python process: the given one without the values that each call carries (token, offline mode,
 * timeout), so that no token can be read from the process and none is sent that a call did not bring.
 */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = { ...env };
  for (const name of SAID_BY_CALLS) delete own[name];
  return {
    ...own,
    // Bars would be drawn into a pipe. Progress is reported over the protocol.
    HF_HUB_DISABLE_PROGRESS_BARS: "1",
    NO_COLOR: "1",
  };
}

const SAID_BY_CALLS = [
  "HF_TOKEN",
  "HUGGING_FACE_HUB_TOKEN",
  "HF_HUB_OFFLINE",
  "TRANSFORMERS_OFFLINE",
  "HF_HUB_ETAG_TIMEOUT",
] as const;
