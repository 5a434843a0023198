import { describe, expect, it, vi } from "vitest";
import { audit, isDataError, memoryDataset } from "../src/index.ts";
import { encodeJpeg, sharpDecoder } from "../src/node.ts";
import { rejection } from "./support.ts";

vi.mock("sharp", () => {
  throw new Error("Cannot find package 'sharp'");
});

describe("without sharp", () => {
  it("says how to install it, also through an audit", async () => {
    const error = await rejection(sharpDecoder().decode(Uint8Array.of(0xff, 0xd8, 0xff), { file: "f", id: "i" }));
    expect(isDataError(error, "DECODER_MISSING") && error.message).toContain("npm install sharp");
    expect(
      isDataError(await rejection(encodeJpeg({ width: 1, height: 1, pixels: new Uint8Array(3) })), "DECODER_MISSING"),
    ).toBe(true);
    const data = memoryDataset({ classes: [], images: [{ id: "i", bytes: Uint8Array.of(1) }] });
    expect(isDataError(await rejection(audit(data, { decode: sharpDecoder() })), "DECODER_MISSING")).toBe(true);
    expect((await audit(data)).images.total).toBe(1);
  });
});
