import type { Command } from "commander";
import type { CliContext } from "../../context.ts";
import { catCommand } from "./cat.ts";
import { countCommand } from "./count.ts";
import { indexCommand } from "./index-command.ts";
import { repairCommand } from "./repair.ts";
import { verifyCommand } from "./verify.ts";

/** `cassava tfrecord verify | repair | index | count | cat` */
export function tfrecordCommand(program: Command, context: CliContext): void {
  const group = program.command("tfrecord").description("verify, repair, index, count and print TFRecord files");
  for (const add of [verifyCommand, repairCommand, indexCommand, countCommand, catCommand]) add(group, context);
}
