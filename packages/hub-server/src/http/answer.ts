import { readBlob, type BlobSource } from "../store/blob-source.ts";

/** A part of a blob: `start` inclusive, `end` exclusive. */
export interface BlobSlice {
  readonly blob: BlobSource;
  readonly start: number;
  readonly end: number;
}

/** An answer of the Hub as a value. Nothing is opened before it is sent. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | BlobSlice | undefined;
}

/** Whether the body is a part of a blob rather than bytes at hand. */
export function isSlice(body: HubAnswer["body"]): body is BlobSlice {
  return body !== undefined && "blob" in body;
}

/** The answer as a web Response. A blob is streamed. */
export function toResponse({ status, headers, body }: HubAnswer): Response {
  return new Response(isSlice(body) ? sliceStream(body) : (body ?? null), { status, headers });
}

function sliceStream({ blob, start, end }: BlobSlice): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = readBlob(blob, { start, end });
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
