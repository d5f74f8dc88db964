import fc from "fast-check";
import { expect, test } from "vitest";
import { type ServerSentEvent, serverSentEvents } from "./event-stream.ts";

async function eventsOf(chunks: readonly string[]): Promise<readonly ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  const arriving = async function* (): AsyncGenerator<string> {
    yield* chunks;
  };
  for await (const event of serverSentEvents(arriving())) events.push(event);
  return events;
}

test("comments, fields without meaning and events without data are left out", async () => {
  const text = ": ping\n\nid: 7\nretry: 10\n\nevent: error\ndata:one\ndata: two\n\ndata\n\n";
  expect(await eventsOf([text])).toEqual([
    { type: "error", data: "one\ntwo" },
    { type: "message", data: "" },
  ]);
});

test("an event whose empty line never came does not count", async () => {
  expect(await eventsOf(["data: whole\n\ndata: half\n"])).toEqual([
    { type: "message", data: "whole" },
  ]);
});

test("where the text is cut, and how its lines end, changes nothing", async () => {
  const texts = fc.array(fc.stringMatching(/^[ -~é]{1,20}$/), { maxLength: 6 });
  const ends = fc.constantFrom("\n", "\r\n", "\r");
  await fc.assert(
    fc.asyncProperty(texts, ends, fc.array(fc.nat(40)), async (data, end, sizes) => {
      const whole = data.map((one) => `data: ${one}${end}${end}`).join("");
      const chunks: string[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(whole.slice(at, at + size));
        at += size;
      }
      // A lone carriage return at the very end could be half of a line's end. The next character decides.
      chunks.push(whole.slice(at), ": end\n");
      expect((await eventsOf(chunks)).map((event) => event.data)).toEqual(data);
    }),
  );
});
