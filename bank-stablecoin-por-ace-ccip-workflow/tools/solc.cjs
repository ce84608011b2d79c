#!/usr/bin/env node
// Gives the `solc` npm package (the compiler as WebAssembly) the command line of a native compiler, as far as
// Foundry uses it: `--version` and `--standard-json`. No native compiler comes from a package registry.
const { readFileSync } = require("node:fs");
const solc = require("solc");

const args = process.argv.slice(2);

if (args.includes("--version")) {
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace("Emscripten.clang", "Linux.g++")}\n`,
  );
} else if (args.includes("--standard-json")) {
  // Foundry resolves every import itself and passes the sources by content; nothing is read from disk here.
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write("tools/solc.cjs supports --version and --standard-json only\n");
  process.exit(1);
}
