import type { DownloadEventBody } from "../contract/events.ts";
import { redactServerText } from "../http/redact.ts";

/**
 * The warnings in an `X-HF-Warning` header: `topic; message`, the topic optional, several headers joined by commas
 * (huggingface_hub, utils/_http.py). Without a topic, the message is used as the topic.
 */
export function hubWarnings(header: string | undefined): DownloadEventBody[] {
  const parts = (header ?? "").split(/,\s*(?=[\w-]{1,40};\s)/);
  return parts.flatMap((part) => {
    const [, topic, text = part] = /^\s*([\w .-]{1,60});\s*(.+)$/s.exec(part) ?? [];
    const message = redactServerText(text.replace(/^\s*warning:\s*/i, ""), 1000);
    if (message === "") return [];
    return [{ type: "warning", code: "hub/warning", topic: topic ?? message, message }];
  });
}
