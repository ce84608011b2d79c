#!/usr/bin/env node
// Breaks one guard of the contracts at a time, in a copy of this folder, and reports which tests noticed.
// Exits 1 when a mutant survives. About ten seconds per mutant; not part of every CI run.
//
//   node tools/mutation.cjs [--list] [--only TEXT]... [--skip TEXT]...     TEXT is looked for in "file:line kind"
const { execFileSync, spawnSync } = require('node:child_process')
const { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')

const root = join(__dirname, '..')
const copy = join(root, '..', 'target', 'mutation', String(process.pid))
const sources = join('contracts', 'src')

/** Mutants that change nothing anybody can observe: kind, text of the source line, reason. */
const EQUIVALENT = [
  ['bound moved', 'available < required', 'one unit of gas more or less; the bound is twice what is needed'],
  ['bound moved', 'left < available / UNUSED_PART', 'one unit of gas more or less; half of that would do'],
  ['guard off', 'reason.length < 36', 'reads untouched memory, which is zero, instead of returning zero'],
  ['bound moved', 'answer.length < 64', 'an answer of 64 bytes is a string without a character, which names no kind'],
]

/** The operands of a condition that are joined by `||` or `&&` outside of any parentheses. */
const operands = (condition) => {
  const found = []
  let depth = 0
  let start = 0
  for (let at = 0; at < condition.length; at++) {
    if (condition[at] === '(') depth++
    if (condition[at] === ')') depth--
    const joint = condition.slice(at, at + 2)
    if (depth === 0 && (joint === '||' || joint === '&&')) {
      found.push({ start, end: at, joint })
      start = at + 2
    }
  }
  if (found.length === 0) return []
  found.push({ start, end: condition.length, joint: found[found.length - 1].joint })
  return found
}

/** Turns off a guard as a whole, each operand of it, and moves each of its bounds by one. */
const guardMutants = (text) => {
  const mutants = []
  const guard =
    /\bif \(((?:[^;{}])*?)\)\s*\{?\s*(?=revert\b|return\b|emit\b|code\b|verdict\b|verdicts\[|required\b|_\w+)/g
  for (let match = guard.exec(text); match !== null; match = guard.exec(text)) {
    const [, condition] = match
    const at = match.index + 'if ('.length
    mutants.push({ kind: 'guard off', at, length: condition.length, by: 'false' })
    for (const { start, end, joint } of operands(condition)) {
      const by = joint === '||' ? ' false ' : ' true '
      mutants.push({ kind: 'operand off', at: at + start, length: end - start, by })
    }
    for (const bound of condition.matchAll(/ (<=?|>=?) /g)) {
      const by = bound[1].length === 1 ? ` ${bound[1]}= ` : ` ${bound[1][0]} `
      mutants.push({ kind: 'bound moved', at: at + bound.index, length: bound[0].length, by })
    }
  }
  return mutants
}

/** Takes away the modifiers that protect a function. */
const modifierMutants = (text) =>
  [
    ...text.matchAll(
      / (onlySelf|onlyOwner|onlyWriter|onlyBasketFactory|nonReentrant|initializer|onlyRole\(\w+\)|runPolicyWithContext\(msg\.data\[0:0\]\))(?=[\s{])/g,
    ),
  ]
    .filter(({ index }) => !text.slice(text.lastIndexOf('\n', index), index).includes('//'))
    .map((match) => ({ kind: 'modifier off', at: match.index, length: match[0].length, by: '' }))

/** Leaves out one statement: a check that is a call, an effect, an event, a wiring step. */
const statementMutants = (text) => {
  const statement =
    /^ {4,}(?!(?:return|revert|if|for|else|bool|uint|int|address|bytes|string|try|import|error|event|function|constructor|modifier|using|unchecked|_;)\b)(?![A-Z]\w*(?:\.\w+)?(?:\[\])? (?:memory|private|public|internal|storage|\w+ =))(?:emit )?[\w.]+(?:\([^;{}]*\)|\[[^;{}]*\] [+-]?= [^;{}]*| [+-]?= [^;{}]*)(?:\.\w+\([^;{}]*\))*;$/gm
  return [...text.matchAll(statement)].map((match) => ({
    kind: 'statement out',
    at: match.index,
    length: match[0].length,
    by: '',
  }))
}

const mutantsOf = (file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return [...guardMutants(text), ...modifierMutants(text), ...statementMutants(text)].map((mutant) => {
    const line = text.slice(0, mutant.at).split('\n').length
    const source = text.split('\n')[line - 1]
    const was = text
      .slice(mutant.at, mutant.at + mutant.length)
      .trim()
      .replace(/\s+/g, ' ')
    return { ...mutant, file, source, was, name: `${relative(sources, file)}:${line} ${mutant.kind}` }
  })
}

const solidityFiles = () =>
  [sources, join(sources, 'libraries')]
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.sol'))

const prepareCopy = () => {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const part of ['foundry.toml', 'package.json', 'tools', 'contracts', 'out', 'cache']) {
    if (existsSync(join(root, part)))
      cpSync(join(root, part), join(copy, part), { recursive: true, preserveTimestamps: true })
  }
  // The slow compiler pipeline changes gas, not behaviour.
  const settings = join(copy, 'foundry.toml')
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^.*MintingConsumerWithACE.sol", via_ir.*\n/m, ''))
  // Hard links: the compiler refuses sources outside the project, which a symbolic link would point to.
  execFileSync('cp', ['-al', join(root, 'node_modules'), join(copy, 'node_modules')])
}

const forgeTest = (...filter) => {
  const run = spawnSync(join(copy, 'node_modules', '.bin', 'forge'), ['test', ...filter], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, FOUNDRY_FUZZ_RUNS: '32', FOUNDRY_INVARIANT_RUNS: '4', NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  const output = `${run.stdout}${run.stderr}`
  const failed = [...output.matchAll(/\[FAIL[\s\S]*?\]\s*(\w+)\(/g)].map((match) => match[1])
  return {
    passed: run.status === 0,
    compiled: !output.includes('Compiler run failed'),
    failed: [...new Set(failed)],
    output,
  }
}

/** The invariants take longest and are asked only when nothing else noticed. */
const runTests = () => {
  const quick = forgeTest('--no-match-contract', 'InvariantsTest|GasTest')
  return quick.passed ? forgeTest('--match-contract', 'InvariantsTest|GasTest') : quick
}

const reasonToKeep = ({ kind, source }) => EQUIVALENT.find(([of, text]) => of === kind && source.includes(text))?.[2]

const judge = (mutant) => {
  const path = join(copy, mutant.file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, mutant.at) + mutant.by + text.slice(mutant.at + mutant.length))
  const result = runTests()
  writeFileSync(path, text)
  if (!result.compiled) return 'not valid'
  if (result.passed) return reasonToKeep(mutant) === undefined ? 'SURVIVED' : `equivalent: ${reasonToKeep(mutant)}`
  if (result.failed.length === 0) return `noticed, but no test is named: ${result.output.slice(-200)}`
  return `noticed by ${result.failed.length}: ${result.failed.slice(0, 3).join(', ')}`
}

/** Every value given for a repeatable option. */
const option = (name) => process.argv.filter((_, at) => process.argv[at - 1] === name)

const main = () => {
  const only = option('--only')
  const skip = option('--skip')
  const mutants = solidityFiles()
    .flatMap(mutantsOf)
    .filter(({ name }) => only.every((text) => name.includes(text)) && !skip.some((text) => name.includes(text)))
  if (process.argv.includes('--list')) {
    for (const mutant of mutants) console.log(`${mutant.name}: ${mutant.was}`)
    console.log(`${mutants.length} mutants`)
    return
  }
  prepareCopy()
  const unmutated = runTests()
  if (!unmutated.passed)
    throw new Error(`the tests do not pass without a mutation either:\n${unmutated.output.slice(-2000)}`)
  const started = Date.now()
  let survived = 0
  mutants.forEach((mutant, index) => {
    const verdict = judge(mutant)
    if (verdict === 'SURVIVED') survived++
    console.log(`[${index + 1}/${mutants.length}] ${mutant.name}: ${mutant.was} — ${verdict}`)
  })
  rmSync(copy, { recursive: true, force: true })
  console.log(`${mutants.length} mutants, ${survived} survived, ${Math.round((Date.now() - started) / 1000)} s`)
  process.exitCode = survived === 0 ? 0 : 1
}

main()
