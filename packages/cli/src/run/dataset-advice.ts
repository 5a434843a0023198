import { DataError, isDataError } from "@cassava/data";
import { isTFRecordError } from "@cassava/tfrecord";
import { shellWord } from "../terminal/shell.ts";

/** What `cassava tfrecord repair` passes over. */
const DAMAGE = ["HEADER_TRUNCATED", "DATA_TRUNCATED", "LENGTH_CRC_MISMATCH", "DATA_CRC_MISMATCH", "ZERO_TAIL"];

/** What a library is told to do, which the command has no option for. */
const FOR_LIBRARIES = /; fetch the file again or skip corrupt records$/;

/** An error of a data set with the command that helps further, where there is one; others as they are. */
export function withAdvice(error: unknown, paths: readonly string[]): unknown {
  if (isDataError(error, "IMAGE_UNREADABLE") || isDataError(error, "IMAGE_TOO_LARGE")) {
    const audit = `cassava audit ${paths.map(shellWord).join(" ")}`;
    return new DataError(error.code, `${error.message}; ${audit} lists all such images`, error);
  }
  if (!isDataError(error, "RECORD_UNREADABLE") || error.file === undefined) return error;
  const { cause, file } = error;
  if (!isTFRecordError(cause) || !DAMAGE.includes(cause.code)) return error;
  const problem = error.message.replace(FOR_LIBRARIES, "");
  const repair = `cassava tfrecord repair ${shellWord(file)} --out NEW.tfrec`;
  const message = `${problem}: fetch the file again, or save its intact records with ${repair} and take NEW.tfrec in its place`;
  return new DataError(error.code, message, error);
}
