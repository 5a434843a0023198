import { type Progress, startProgress } from "./progress.ts";
import { type Style, styleOf } from "./style.ts";

/** How much a command says, and in what form. */
export interface OutputOptions {
  /** One JSON document on stdout, everything else on stderr. */
  readonly json?: boolean | undefined;
  /** Results, warnings and errors only. */
  readonly quiet?: boolean | undefined;
}

/** Streams and environment of the process; replaced in tests. */
export interface Streams {
  readonly stdout: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly stderr: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly env: NodeJS.ProcessEnv;
}

/** What a command says: results on stdout, all else on stderr. */
export interface Output {
  /** For text that goes to stdout. */
  readonly style: Style;
  /** Every line that was said, for `log.txt`. */
  readonly log: readonly string[];
  info(line: string): void;
  warn(line: string): void;
  progress(label: string, total: number): Progress;
  /** The result, once: `document` as JSON, or `text` for people. */
  result(document: unknown, text: string): void;
}

/** The output of one command. */
export function createOutput({ json = false, quiet = false }: OutputOptions, { stdout, stderr, env }: Streams): Output {
  const log: string[] = [];
  const note = styleOf(stderr, env);
  // A progress bar may stand on the last line of the terminal; it is drawn again after the line.
  const clear = stderr.isTTY ? "\r\u001b[2K" : "";
  return {
    style: styleOf(stdout, env),
    log,
    info(line) {
      log.push(line);
      if (!quiet) stderr.write(`${clear}${line}\n`);
    },
    warn(line) {
      log.push(`warning: ${line}`);
      stderr.write(`${clear}${note.yellow("warning:")} ${line}\n`);
    },
    progress: (label, total) => startProgress(label, total, quiet ? undefined : stderr),
    result(document, text) {
      stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
    },
  };
}
