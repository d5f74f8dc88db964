import type { Engine, EngineModel } from "../contract/engine.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import { probeServer, type ServerProbe } from "./probe-server.ts";
import { chatPieces } from "./chat-pieces.ts";
import { postJson } from "./post-json.ts";

/** A message of a chat, as OpenAI's API has them. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The parameters of a chat. */
export interface ChatOptions {
  /** The maximum number of tokens. The server's default when absent. */
  readonly maxTokens?: number | undefined;
  /** Further fields of the request, such as `temperature`. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A model that a server with OpenAI's API has loaded. Any client of that API can use it: `url`, `model`, `fields`. */
export interface ServedModel {
  readonly repoId: string;
  readonly commit: string | null;
  /** Base of the API, `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** The value that requests must give as `model`: the folder, with most servers. */
  readonly model: string;
  /** Further fields that requests need, so that adapter and draft model are used. */
  readonly fields: Readonly<Record<string, string>>;
  /** Sends a chat and gives the text as it comes. */
  chat(messages: readonly ChatMessage[], options?: ChatOptions): AsyncIterable<string>;
}

/** How one server differs from the next. */
export interface ServerKind {
  readonly name: string;
  readonly loader?: Engine<ServedModel>["loader"];
  readonly holdsOne?: boolean;
  readonly supports: Engine<ServedModel>["supports"];
  /** Names of the request's fields for folders of adapter and draft model. */
  readonly adapterField?: string | undefined;
  readonly draftField?: string | undefined;
  /** The `model` field of requests. The folder when absent. */
  readonly modelName?: ((model: EngineModel) => string) | undefined;
  readonly apiKey?: string | undefined;
}

/** A server that loads a model with a request. */
export interface ProbedServerKind extends ServerKind {
  /** The smallest request that makes it load one. */
  readonly probe: ServerProbe;
}

/** The driver of a server that loads the model that a request names by its folder. `url` is its base, without `/v1`. */
export function servedEngine(kind: ProbedServerKind, url: string): Engine<ServedModel> {
  const base = serverBase(kind.name, url);
  const { name: engine, apiKey, probe } = kind;
  return {
    name: engine,
    ...(kind.loader && { loader: kind.loader }),
    ...(kind.holdsOne && { holdsOne: true }),
    supports: kind.supports,
    async load(model, { signal, engineOptions }) {
      const served = serveModel(kind, base, model);
      // The caller's options may change the probe, but not its model.
      const body = { ...probe.body, ...engineOptions, model: served.model, ...served.fields };
      await probeServer({ ...probe, body }, { engine, base, signal, apiKey });
      return served;
    },
    // The API has no word for it: these servers drop a model when the next one comes.
    unload: () => Promise.resolve(),
  };
}

/** A model behind a server, which has it loaded or loads it with the first request. */
export function serveModel(kind: ServerKind, base: URL, model: EngineModel): ServedModel {
  const { repoId, commit, path, adapterPath, draft } = model;
  const { name: engine, adapterField, draftField, apiKey } = kind;
  const name = kind.modelName?.(model) ?? path;
  const fields = {
    ...(adapterField !== undefined && adapterPath !== undefined && { [adapterField]: adapterPath }),
    ...(draftField !== undefined && draft && { [draftField]: draft.path }),
  };
  return {
    repoId,
    commit,
    url: new URL("v1", base).href,
    model: name,
    fields,
    async *chat(messages, { maxTokens, request, signal = new AbortController().signal } = {}) {
      const body = {
        ...request,
        model: name,
        ...fields,
        messages,
        stream: true,
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      };
      const url = new URL("v1/chat/completions", base);
      const response = await postJson(url, { engine, signal, body, apiKey });
      yield* chatPieces(response, { engine, url, signal });
    },
  };
}

/** The base of a server's addresses, without `/v1`. Throws `engine/invalid-input` for an invalid address. */
export function serverBase(engine: string, text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) {
    url.pathname = `${url.pathname.replace(/\/(?:v1\/?)?$/, "")}/`;
    return url;
  }
  throw new EngineAdapterError(
    `${JSON.stringify(text)} is no address of ${engine}`,
    "engine/invalid-input",
    { hint: "Write it with its scheme, such as http://127.0.0.1:8080.", data: { engine } },
  );
}
