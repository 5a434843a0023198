import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LinkHost, linkTensorflowOn } from "../src/node/link-tensorflow.ts";
import { findTensorflow } from "../src/node/tensorflow-module.ts";
import { type BackendErrorCode, isBackendError } from "../src/node.ts";
import {
  cache,
  from,
  json,
  link,
  type Machine,
  machine,
  NAME,
  packageFolder,
  pythonWith,
  tensorflowFolder,
} from "./link-fakes.ts";

async function fails(code: BackendErrorCode, message: RegExp, changes: Machine, options = {}): Promise<string> {
  const error = await link(changes, options).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: "BackendError", code });
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain("\n");
  const left = existsSync(join(cache(), "tensorflow")) ? readdirSync(join(cache(), "tensorflow")) : [];
  // Nothing but the log that the message names.
  expect(left.filter((name) => !name.endsWith(".log"))).toEqual([]);
  return (error as Error).message;
}

// The engine looks for links of the machine that it runs on.
describe.skipIf(process.platform !== "linux")(
  "linkTensorflow (skipped outside Linux: the fakes have its libraries)",
  () => {
    it("compiles, checks, keeps the addon with a record, and leaves nothing else behind", async () => {
      const { host, commands } = machine();
      const steps: string[] = [];
      const { link: record, addon } = await linkTensorflowOn(host, {
        cache: cache(),
        onProgress: (line) => steps.push(line),
      });
      expect(readFileSync(addon, "utf8")).toBe("addon");
      expect(readdirSync(dirname(addon)).sort()).toEqual(["link.json", "tfjs_binding.node"]);
      expect(readdirSync(join(cache(), "tensorflow"))).toHaveLength(1);
      expect(JSON.parse(readFileSync(join(dirname(addon), "link.json"), "utf8"))).toEqual(record);
      expect(record).toMatchObject({
        python: "/py",
        compiler: "g++ 12",
        tensorflow: { version: "2.21.0", folder: tensorflowFolder() },
      });
      const compile = commands.find((command) => command.includes("-o"))!;
      expect(compile).toContain(`-Wl,-rpath,${tensorflowFolder()}`);
      expect(compile.filter((argument) => argument.endsWith(".cc"))).toHaveLength(2);
      const headers = compile.find((argument) => argument.includes("node-api-headers"))!.slice(2);
      expect(existsSync(join(headers, "node_api.h"))).toBe(true);
      expect(steps).toHaveLength(3);
    });

    it("is found by the engine from then on, before an addon of the package's own", async () => {
      const { addon } = await link();
      const lib = join(packageFolder(), "lib", "napi-v8");
      mkdirSync(lib, { recursive: true });
      writeFileSync(join(lib, "tfjs_binding.node"), "own");
      const found = findTensorflow(NAME, from(), cache());
      expect([found.addon, found.link?.tensorflow.version]).toEqual([addon, "2.21.0"]);
    });

    it("only checks what is linked already", async () => {
      const first = await link();
      const { host, commands } = machine();
      expect(await linkTensorflowOn(host, { cache: cache() })).toEqual(first);
      expect(commands.map(([program]) => program)).toEqual(["python3", process.execPath]);
    });

    it("replaces the link to an older TensorFlow in the same folder", async () => {
      await link({ python: () => pythonWith("2.20.0") });
      const { addon } = await link();
      expect(readdirSync(join(cache(), "tensorflow"))).toHaveLength(1);
      expect(findTensorflow(NAME, from(), cache()).addon).toBe(addon);
    });

    it("takes the first of python3 and python that has TensorFlow", async () => {
      const python = (program: string) => (program === "python" ? pythonWith("2.15.1") : pythonWith(null, null));
      expect((await link({ python })).link.python).toBe("/py");
    });

    it("takes the compiler that CXX names, with its arguments", async () => {
      const { host, commands } = machine({ compilers: ["ccache"], env: { CXX: "ccache g++-13" } });
      await linkTensorflowOn(host, { cache: cache() });
      expect(commands.find((command) => command.includes("-o"))?.slice(0, 2)).toEqual(["ccache", "g++-13"]);
    });

    it("forwards a header that this TensorFlow has moved", async () => {
      const place = join(tensorflowFolder(), "include", "tsl", "platform");
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "ctstring_internal.h"), "");
      const { host } = machine();
      const headers: string[] = [];
      const run: LinkHost["run"] = (program, args) => {
        const folder = args.find((argument) => argument.endsWith(".tmp/include"))?.slice(2);
        if (folder) headers.push(readFileSync(join(folder, "tensorflow/core/platform/ctstring_internal.h"), "utf8"));
        return host.run(program, args);
      };
      await linkTensorflowOn({ ...host, run }, { cache: cache() });
      expect(headers).toEqual(['#include "tsl/platform/ctstring_internal.h"\n']);
    });

    it("fails without tfjs-node", async () => {
      // Names that nobody has: a test runner's NODE_PATH may show installed packages from everywhere.
      const packages = ["@tensorflow/tfjs-absent-gpu", "@tensorflow/tfjs-absent"] as unknown as LinkHost["packages"];
      const error = await linkTensorflowOn({ ...machine().host, packages }, { cache: cache() }).catch(
        (caught) => caught,
      );
      expect(isBackendError(error, "ENGINE_MISSING")).toBe(true);
      const text =
        "neither @tensorflow/tfjs-absent-gpu nor @tensorflow/tfjs-absent is installed: npm install --ignore-scripts @tensorflow/tfjs-node";
      expect(error.message).toBe(text);
    });

    it("fails without Python", () =>
      fails("PYTHON_MISSING", /neither python3 nor python starts.*--python PATH/, { python: () => undefined }));

    it("fails where the named Python does not start", () =>
      fails("PYTHON_MISSING", /^\/no\/python does not start/, { python: () => undefined }, { python: "/no/python" }));

    it("fails where Python fails, with its error", () =>
      fails("PYTHON_MISSING", /ImportError: no json/, {
        python: () => ({ code: 1, stderr: "Traceback:\nImportError: no json\n" }),
      }));

    it("fails without TensorFlow", () =>
      fails("TENSORFLOW_MISSING", /\/py has no TensorFlow: \/py -m pip install/, {
        python: () => pythonWith(null, null),
      }));

    it("fails with a TensorFlow that is too old", () =>
      fails("TENSORFLOW_TOO_OLD", /TensorFlow 2\.14\.1 of \/py is too old, 2\.15/, {
        python: () => pythonWith("2.14.1"),
      }));

    it("fails with a TensorFlow without its library", async () => {
      rmSync(join(tensorflowFolder(), "libtensorflow_cc.so.2"));
      await fails("TENSORFLOW_MISSING", /libtensorflow_cc\.so\.2 is not there/, {});
    });

    it("fails on an operating system without libraries to link to", () =>
      fails("LINK_FAILED", /Linux and macOS/, { platform: "win32" }));

    it("fails without a compiler", () =>
      fails("COMPILER_MISSING", /none of g\+\+, c\+\+, clang\+\+ starts/, { compilers: [] }));

    it("fails with a CXX that does not start", () =>
      fails("COMPILER_MISSING", /nvc\+\+ \(from CXX\) does not start/, { env: { CXX: "nvc++" } }));

    it("fails where it does not compile, with the first error and the whole log", async () => {
      const stderr = "In file included from a.cc:\nb.h:3:10: fatal error: c.h: No such file\ncompilation terminated.\n";
      const message = await fails("LINK_FAILED", /2\.21\.0: b\.h:3:10: fatal error: c\.h: No such file/, {
        compile: { code: 1, stderr },
      });
      expect(readFileSync(message.match(/\(log: (.*)\)$/)![1]!, "utf8")).toBe(stderr);
    });

    it("fails where a symbol is missing, with the loader's message", () =>
      fails("LINK_FAILED", /does not load: .*undefined symbol: TF_New/, {
        check: {
          code: 1,
          stderr: "node:internal\n  throw\nError: /x/tfjs_binding.node: undefined symbol: TF_New\n    at f\n",
        },
      }));

    it("fails where the child ends without a word", () =>
      fails("LINK_FAILED", /does not load: exit code 139/, { check: { code: 139 } }));

    it.each([
      [0.5, false],
      [1e-3, false],
      [0.02, true],
      [null, false],
    ])("fails where a convolution is %s off (GPU: %s)", async (difference, gpu) => {
      await fails("LINK_FAILED", /computes a convolution wrongly/, {
        check: json({ version: "2.21.0", gpu, difference }),
      });
    });

    it("forgives a GPU the rounding of TF32", async () => {
      const { link: record } = await link({ check: json({ version: "2.21.0", gpu: true, difference: 1e-3 }) });
      expect(record.tensorflow.gpu).toBe(true);
    });
  },
);
