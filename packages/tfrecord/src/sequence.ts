/** `tf.train.SequenceExample`. */
export {
  decodeSequenceExample,
  encodeSequenceExample,
  type SequenceExample,
  type SequenceExampleInput,
} from "./sequence-example.ts";
