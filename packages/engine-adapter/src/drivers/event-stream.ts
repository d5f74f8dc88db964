/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** Its `event:` field. `message` without one. */
  readonly type: string;
  /** Its `data:` lines, joined by newlines. */
  readonly data: string;
}

// A model's longest answer is far below this. A line without end would fill the memory.
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/**
 * The events of a text as it arrives (WHATWG HTML, section 9.2). An event counts once the empty line after it has
 * arrived. Comments, and events without data, are left out. Throws `RangeError` for an event of more than 16 million
 * characters.
 */
export async function* serverSentEvents(
  chunks: AsyncIterable<string>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let rest = "";
  let type = "";
  let data: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    rest += chunk;
    // A carriage return at the end may be the first half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    length += chunk.length;
    if (length > MAX_EVENT_CHARACTERS) {
      throw new RangeError(`an event is longer than ${MAX_EVENT_CHARACTERS} characters`);
    }
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { type: type || "message", data: data.join("\n") };
        [type, data, length] = ["", [], rest.length];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") data.push(value);
      else if (field === "event") type = value;
    }
  }
}
