// Faults that nobody looked at while thresholds and rules were tuned: written before a judgement, and first run in it. These were judged on seeds from 901
// and from 1201 on; once anything is tuned again, they move to the others, and new ones take their place.
import { random } from "@cassava/data";
import { byLabel, PHOTOGRAPHS } from "./diagnosis-faults.mjs";

/** @type {readonly import("./diagnosis-faults.mjs").Fault[]} */
export const UNSEEN = [
  {
    name: "the classes of the validation part are numbered in another order",
    cause: "labels-misaligned",
    inject: ({ validation, labels }, { classes }) => ({
      labels: new Map([
        ...labels,
        ...validation.map((id) => /** @type {const} */ ([id, (Number(labels.get(id)) + 2) % classes.length])),
      ]),
    }),
  },
  {
    name: "sorted by class, shuffled through a buffer of 64",
    cause: "not-shuffled",
    inject: (plan) => ({ train: byLabel(plan), order: "buffered" }),
  },
  {
    name: "the rate is halved every five steps",
    cause: "learning-rate-too-low",
    inject: () => ({ halvedEvery: 5 }),
  },
  {
    name: "half of the labels are missing, and read as the first class",
    cause: "label-noise",
    inject: ({ labels, seed }) => {
      const draw = random(seed, "missing").next;
      return { labels: new Map([...labels].map(([id, label]) => [id, draw() < 0.5 ? 0 : label])) };
    },
  },
  {
    name: "every weight of the frozen part in another place of its layer",
    cause: "weights-unloaded",
    worlds: PHOTOGRAPHS,
    inject: () => ({ variant: "jumbled", validationVariant: "jumbled" }),
  },
];
