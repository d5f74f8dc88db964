import type { Engine } from "../contract/engine.ts";
import { type ServedModel, servedEngine } from "./served-engine.ts";

export type { ChatMessage, ChatOptions, ServedModel } from "./served-engine.ts";

/**
 * The driver of an mlx-omni-server that runs already. `url` is its base (`http://127.0.0.1:10240`). It must see the
 * same disk, since models are named by their folder.
 */
export function mlxOmniServer(url: string): Engine<ServedModel> {
  return servedEngine(
    {
      name: "mlx-omni-server",
      supports: { adapters: true, drafts: true },
      adapterField: "adapter_path",
      draftField: "draft_model",
      probe: {
        path: "v1/chat/completions",
        // With a limit of one token its own statistics fail. A model whose first token is its end has the same effect.
        body: { messages: [{ role: "user", content: "." }], max_tokens: 2, stream: true },
        loadedBy: "status",
      },
    },
    url,
  );
}
