import { describe, expect, it, vi } from "vitest";
import { audit, isDataError, memoryDataset } from "../src/index.ts";
import { encodeJpeg, sharpDecoder } from "../src/node.ts";
import { rejection } from "./support.ts";

vi.mock("sharp", () => {
  throw new Error("Cannot find package 'sharp'");
});

/** The header and the end of a JPEG of 1 x 1 pixels: decoders are asked only for what claims to be whole. */
const tiny = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 4, 1, 0x11, 0, 0xff, 0xd9);

describe("without sharp", () => {
  it("says how to install it, also through an audit", async () => {
    const error = await rejection(sharpDecoder().decode(tiny, { file: "f", id: "i" }));
    expect(isDataError(error, "DECODER_MISSING") && error.message).toContain("npm install sharp");
    expect(
      isDataError(await rejection(encodeJpeg({ width: 1, height: 1, pixels: new Uint8Array(3) })), "DECODER_MISSING"),
    ).toBe(true);
    const data = memoryDataset({ classes: [], images: [{ id: "i", bytes: tiny }] });
    expect(isDataError(await rejection(audit(data, { decode: sharpDecoder() })), "DECODER_MISSING")).toBe(true);
    expect((await audit(data)).images.total).toBe(1);
  });
});
