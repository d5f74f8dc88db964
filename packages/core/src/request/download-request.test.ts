import { expect, test } from "vitest";
import { readRequest } from "./download-request.ts";

test.each([undefined, null, 42])("a ref that is %s is refused as no model's name", async (ref) => {
  const request = readRequest(ref as unknown as string, { env: {} });
  await expect(request).rejects.toMatchObject({ code: "ref/invalid" });
});
