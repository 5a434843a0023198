import { stringify } from "yaml";
import { checkInput } from "../check-input.ts";
import type { Facts, ReportInput } from "../report-input.ts";
import { decimal, percent, rangeOf } from "../words.ts";

/** What a model card says beside what the report knows. */
export interface ModelCardOptions {
  /** Name of the model. */
  readonly name: string;
  /** An identifier that the Hub knows, such as `apache-2.0`, or `other`, the default `unknown`: see its list. */
  readonly license?: string;
  /** What it was trained on. */
  readonly dataset: { readonly name: string /** Such as `owner/name` on the Hub. */; readonly id?: string };
  /** Beside `image-classification` and `tensorflow.js`. */
  readonly tags?: readonly string[];
  /** How to use it: a paragraph of Markdown. */
  readonly usage?: string;
}

/**
 * `MODEL_CARD.md`: Markdown under the front matter that the Hugging Face Hub reads (https://huggingface.co/docs/hub/model-cards,
 * https://github.com/huggingface/hub-docs/blob/main/modelcard.md), with results, intervals and what is known to be wrong.
 *
 * @throws {ReportError} `INPUT_INVALID`: names the field
 */
export function modelCard(input: ReportInput, options: ModelCardOptions): string {
  checkInput(input);
  const { about, verdict, facts = [], reproduce = [], diagnosis } = input;
  const grave = diagnosis?.findings.filter(({ severity }) => severity !== "info") ?? [];
  const known = grave.map(({ title, explanation }) => `- **${title}.** ${explanation}`);
  const sections = [
    `# ${options.name}`,
    about,
    "## Is it any good",
    verdict.text,
    scores(input),
    "## Class by class",
    classTable(input),
    ...(grave.length > 0 ? ["## Known problems", known.join("\n")] : []),
    "## Limits",
    `The figures are of the ${input.part} part of one data set. Photographs from other places, seasons or cameras may fare worse, and an image of none of these classes is given one of them all the same.`,
    ...(options.usage ? ["## Use", options.usage] : []),
    ...(reproduce.length > 0 ? ["## How to make it again", `\`\`\`sh\n${reproduce.join("\n")}\n\`\`\``] : []),
    ...facts.flatMap(({ title, rows }) => [`## ${title}`, factTable(rows)]),
  ];
  return `---\n${stringify(frontMatter(input, options), { lineWidth: 0 })}---\n\n${sections.join("\n\n")}\n`;
}

function frontMatter(
  { summary, part }: ReportInput,
  { name, license = "unknown", dataset, tags = [] }: ModelCardOptions,
) {
  const metric = (type: string, label: string, value: number | null) =>
    value === null ? [] : [{ type, name: label, value: Number(value.toFixed(4)) }];
  return {
    license,
    pipeline_tag: "image-classification",
    tags: ["image-classification", "tensorflow.js", ...tags],
    ...(dataset.id && { datasets: [dataset.id] }),
    metrics: ["accuracy", "f1"],
    "model-index": [
      {
        name,
        results: [
          {
            task: { type: "image-classification", name: "Image classification" },
            dataset: { name: dataset.name, type: dataset.id ?? slug(dataset.name), split: part },
            metrics: [
              ...metric("accuracy", "Accuracy", summary.accuracy.estimate),
              ...metric("balanced_accuracy", "Balanced accuracy", summary.balancedAccuracy.estimate),
              ...metric("f1", "Macro F1", summary.macroF1.estimate),
              ...metric("log_loss", "Log loss, nats", summary.logLoss),
            ],
          },
        ],
      },
    ],
  };
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "") || "images"
  );
}

function scores({ summary, part }: ReportInput): string {
  const { accuracy, balancedAccuracy, macroF1, logLoss, labelEntropy, majorityShare, n } = summary;
  return table(
    [`${n} images of the ${part} part`, "value", `${Math.round(100 * summary.confidence)} % interval`],
    [
      ["accuracy", percent(accuracy.estimate), rangeOf(accuracy)],
      ["share of the largest class", percent(majorityShare), ""],
      ["balanced accuracy", percent(balancedAccuracy.estimate), rangeOf(balancedAccuracy)],
      ["macro F1", decimal(macroF1.estimate), `${decimal(macroF1.low)}–${decimal(macroF1.high)}`],
      ["log loss, nats", decimal(logLoss), `shares of the classes only: ${decimal(labelEntropy)}`],
    ],
  );
}

function classTable({ summary }: ReportInput): string {
  return table(
    ["class", "images", "precision", "recall", "interval of the recall", "F1"],
    summary.perClass.map(({ name, support, precision, recall, f1 }) => [
      name,
      String(support),
      percent(precision),
      percent(recall.estimate),
      rangeOf(recall),
      decimal(f1),
    ]),
  );
}

function factTable(rows: Facts["rows"]): string {
  return table(["setting", "value"], rows);
}

/** A table of GitHub's Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
