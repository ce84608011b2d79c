#!/usr/bin/env node
// Gives the `solc` npm package (the compiler as WebAssembly) the command line of a native compiler, as far as
// Foundry uses it: `--version` and `--standard-json`. No native compiler comes from a package registry.
const { readFileSync } = require('node:fs')
const soljson = require('solc/soljson.js')

/**
 * Compiles a standard JSON input. The package's own `compile` copies it to WebAssembly's stack, four bytes a character,
 * and a clean build of everything does not fit there; so it goes to the compiler's heap.
 */
function compile(input) {
  const bytes = soljson.lengthBytesUTF8(input) + 1
  const pointer = soljson._solidity_alloc(bytes)
  soljson.stringToUTF8(input, pointer, bytes)
  // No callback: Foundry resolves every import itself and passes the sources by content.
  return soljson.UTF8ToString(soljson._solidity_compile(pointer, 0, 0))
}

const args = process.argv.slice(2)

if (args.includes('--version')) {
  const version = soljson.UTF8ToString(soljson._solidity_version()).replace('Emscripten.clang', 'Linux.g++')
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else if (args.includes('--standard-json')) {
  process.stdout.write(compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write('tools/solc.cjs supports --version and --standard-json only\n')
  process.exit(1)
}
