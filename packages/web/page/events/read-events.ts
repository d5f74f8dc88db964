/** A part of the feed as it comes. */
export interface EventPart {
  readonly id: string;
  readonly kind: "snapshot" | "change";
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads the events until they end: EventSource cannot send the token. Rejects with a `TypeError` when the server
 * does not answer. Resolves to the HTTP status when it is no stream, and to 200 when it ended.
 */
export async function readEvents(
  { token, after, signal }: { token: string; after: string | undefined; signal: AbortSignal },
  onPart: (part: EventPart) => void,
): Promise<number> {
  const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
  const response = await fetch(`/api/events${query}`, {
    headers: { Authorization: `Bearer ${token}` },
    cache: "no-store",
    signal,
  });
  if (!response.ok || response.body === null) return response.status;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 200;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const part = parse(block);
      if (part !== undefined) onPart(part);
    }
  }
}

function parse(block: string): EventPart | undefined {
  const field = (name: string): string =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join("\n");
  const kind = field("event");
  if (kind !== "snapshot" && kind !== "change") return undefined;
  return { id: field("id"), kind, values: JSON.parse(field("data")) as EventPart["values"] };
}
