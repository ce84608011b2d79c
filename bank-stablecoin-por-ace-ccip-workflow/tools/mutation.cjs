#!/usr/bin/env node
// Breaks one guard of the contracts at a time, in a copy of this folder, and reports which tests noticed.
// Exits 1 when a mutant survives.
//
//   node tools/mutation.cjs [--list] [--only TEXT]... [--skip TEXT]... [--sample COUNT [--seed NUMBER]]
//
// TEXT is looked for in "file:line kind". Many mutants are compiled at once, each behind a switch that is the chain's
// randomness (`block.prevrandao`, which nothing else reads): so a mutant costs a run of the tests and no compilation.
// What no switch can take away, a modifier, is compiled by itself; a sample has none of those.
const { execFile, execFileSync } = require('node:child_process')
const { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { basename, dirname, join, relative } = require('node:path')
const { availableParallelism } = require('node:os')

const root = join(__dirname, '..')
const copy = join(root, '..', 'target', 'mutation', String(process.pid))
const sources = join('contracts', 'src')
/** Mutants that are compiled together. */
const BATCH = 60

/** The suites that are about a file, asked first; the others are asked only when these notice nothing. */
const SUITES = {
  'BasketFactory.sol': 'BasketFactoryTest|ReplacementTest|StrangersTest',
  'BasketFigures.sol': 'BasketFiguresTest',
  'ComplianceFactory.sol': 'ComplianceTest|BasketFactoryTest|HostileTest',
  'ComplianceLens.sol': 'LensTest|ComplianceTest',
  'ComplianceRegistries.sol': 'RegistriesTest|BasketFactoryTest|StrangersTest',
  'FlagPolicy.sol': 'RegistriesTest',
  'IdentityVolumeRatePolicy.sol': 'RateTest|StrangersTest',
  'JurisdictionDataValidator.sol': 'ComplianceTest|StrangersTest',
  'LiabilityLedger.sol': 'LiabilityLedgerTest|MintTest|RedemptionDeskTest|ReplacementTest|StrangersTest',
  'MintingConsumerWithACE.sol': 'DeliveryTest|BatchTest|MintTest|HostileTest|ReplacementTest',
  'PolicySwitch.sol': 'ComplianceTest|ReplacementTest|StrangersTest',
  'RedemptionDesk.sol': 'Redemption.*|ControlsTest|StrangersTest',
  'StablecoinERC20.sol': 'StablecoinERC20Test|ControlsTest|StrangersTest',
  'ReportCodec.sol': 'DeliveryTest|Redemption.*',
}

/** Mutants that change nothing anybody can observe: kind, text of the source line, reason. */
const EQUIVALENT = [
  ['bound moved', 'available < required', 'one unit of gas more or less; the bound is twice what is needed'],
  ['bound moved', 'used > stipend', 'one unit of gas more or less of half a million'],
  ['bound moved', 'size < 64', 'an answer of 64 bytes is a string without a character, which names no kind'],
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

/** Turns off each operand of a condition, and moves each of its bounds by one. */
const conditionMutants = (condition, at) => {
  const whole = { at, length: condition.length }
  const parts = operands(condition).map(({ start, end, joint }) => {
    const by = joint === '||' ? ' false ' : ' true '
    return { kind: 'operand off', at: at + start, length: end - start, whole, by }
  })
  const bounds = [...condition.matchAll(/ (<=?|>=?) /g)].map(({ 0: text, 1: bound, index }) => {
    const by = bound.length === 1 ? ` ${bound}= ` : ` ${bound[0]} `
    return { kind: 'bound moved', at: at + index, length: text.length, whole, by }
  })
  return [...parts, ...bounds]
}

/** Turns off a guard as a whole, and what it is made of. */
const guardMutants = (text) => {
  const guard =
    /\bif \(((?:[^;{}])*?)\)\s*\{?\s*(?=revert\b|return\b|emit\b|code\b|verdict\b|verdicts\[|required\b|_\w+)/g
  return [...text.matchAll(guard)].flatMap(({ 1: condition, index }) => {
    const at = index + 'if ('.length
    const whole = { at, length: condition.length }
    return [{ kind: 'guard off', ...whole, whole, by: 'false' }, ...conditionMutants(condition, at)]
  })
}

/** What a condition that is returned, or kept, is made of. */
const answerMutants = (text) =>
  [...text.matchAll(/(?:\breturn|\bbool \w+ =)\s+([^;{}?]*);/g)].flatMap((match) =>
    conditionMutants(match[1], match.index + match[0].lastIndexOf(match[1])),
  )

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
    /^ {4,}(?!(?:return|revert|if|for|else|bool|uint|int|address|bytes|string|try|keccak256|import|error|event|function|constructor|modifier|using|unchecked|_;)\b)(?![A-Z]\w*(?:\.\w+)?(?:\[\])? (?:memory|private|public|internal|storage|\w+ =))(?:emit )?[\w.]+(?:\([^;{}]*\)|\[[^;{}]*\][\w.]* [+-]?= [^;{}]*| [+-]?= [^;{}]*)(?:\.\w+\([^;{}]*\))*;$/gm
  return [...text.matchAll(statement)].map((match) => ({
    kind: 'statement out',
    at: match.index,
    length: match[0].length,
    whole: { at: match.index, length: match[0].length },
    by: '',
  }))
}

const mutantsOf = (file) => {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [guardMutants, answerMutants, modifierMutants, statementMutants].flatMap((find) => find(text))
  return found.map((mutant) => {
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
  // The slow compiler pipeline changes gas, not behaviour; ACE and the registries stay as they were compiled.
  const settings = join(copy, 'foundry.toml')
  const ours = /^.*contracts\/src\/(?!DependenciesACE|Direct)\w+\.sol", via_ir.*\n/gm
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(ours, ''))
  // A test's own number of fuzz runs would outrank the few that a mutant gets.
  const tests = join(copy, 'contracts', 'test')
  for (const name of readdirSync(tests).filter((file) => file.endsWith('.t.sol'))) {
    const text = readFileSync(join(tests, name), 'utf8')
    const bare = text.replace(/^ *\/\/\/ forge-config:.*\n/gm, '')
    if (bare !== text) writeFileSync(join(tests, name), bare)
  }
  // Hard links: the compiler refuses sources outside the project, which a symbolic link would point to.
  execFileSync('cp', ['-al', join(root, 'node_modules'), join(copy, 'node_modules')])
}

/** Runs forge with the mutant of this number in force; 0 is none. */
const forge = (number, ...words) =>
  new Promise((resolve) => {
    const settings = {
      cwd: copy,
      encoding: 'utf8',
      env: {
        ...process.env,
        FOUNDRY_FUZZ_RUNS: '32',
        FOUNDRY_INVARIANT_RUNS: '4',
        FOUNDRY_BLOCK_PREVRANDAO: `0x${number.toString(16).padStart(64, '0')}`,
        NO_COLOR: '1',
      },
      maxBuffer: 64 * 1024 * 1024,
    }
    execFile(join(copy, 'node_modules', '.bin', 'forge'), words, settings, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`
      const failed = [...output.matchAll(/\[FAIL[\s\S]*?\]\s*(\w+)\(/g)].map((match) => match[1])
      const compiled = !output.includes('Compiler run failed')
      resolve({ passed: error === null, compiled, failed: [...new Set(failed)], output })
    })
  })

/** Asks the suites that are about a file, then the rest, and the invariants, which take longest, at the end; gas is none of it. */
const runTests = async (number, file) => {
  const own = SUITES[basename(file)]
  const rounds = [
    ...(own === undefined ? [] : [['--match-contract', own]]),
    ['--no-match-contract', 'InvariantsTest|GasTest'],
    ['--match-contract', 'InvariantsTest'],
  ]
  for (const round of rounds) {
    const result = await forge(number, 'test', '--fail-fast', ...round)
    if (!result.passed) return result
  }
  return { passed: true, compiled: true, failed: [] }
}

const SWITCH = `// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

library Mutant {
    /// @dev Pretends to be pure, so that any function may ask.
    function on(uint256 number) internal pure returns (bool) {
        function(uint256) internal view returns (bool) look = _isOn;
        function(uint256) internal pure returns (bool) ask;
        assembly ("memory-safe") {
            ask := look
        }
        return ask(number);
    }

    function _isOn(uint256 number) private view returns (bool) {
        return block.prevrandao == number;
    }
}
`

/** A text with several mutants, each in force under its own number. */
const withSwitches = (text, file, mutants) => {
  const places = new Map()
  for (const mutant of mutants) {
    const key = `${mutant.whole.at}+${mutant.whole.length}`
    places.set(key, [...(places.get(key) ?? []), mutant])
  }
  let changed = text
  const last = [...places.values()].sort(([a], [b]) => b.whole.at - a.whole.at)
  for (const alternatives of last) {
    const { at, length } = alternatives[0].whole
    const original = text.slice(at, at + length)
    const mutated = ({ at: from, length: cut, by }) =>
      original.slice(0, from - at) + by + original.slice(from - at + cut)
    const chosen =
      alternatives[0].kind === 'statement out'
        ? `if (!Mutant.on(${alternatives[0].number})) {${original}}`
        : alternatives.reduce(
            (rest, mutant) => `Mutant.on(${mutant.number}) ? (${mutated(mutant)}) : ${rest}`,
            `(${original})`,
          )
    changed = changed.slice(0, at) + chosen + changed.slice(at + length)
  }
  const path = relative(dirname(file), join(sources, 'libraries', 'Mutant.sol'))
  const name = path.startsWith('.') ? path : `./${path}`
  return changed.replace(/^(pragma solidity .*;\n)/m, `$1import {Mutant} from "${name}";\n`)
}

const reasonToKeep = ({ kind, source }) => EQUIVALENT.find(([of, text]) => of === kind && source.includes(text))?.[2]

const verdictOf = (mutant, result) => {
  if (!result.compiled) return 'not valid'
  if (result.passed) return reasonToKeep(mutant) === undefined ? 'SURVIVED' : `equivalent: ${reasonToKeep(mutant)}`
  if (result.failed.length === 0) return `noticed, but no test is named: ${result.output.slice(-200)}`
  return `noticed by ${result.failed.slice(0, 3).join(', ')}`
}

/** The numbers of the mutants at the lines that the compiler complains about. */
const wrongMutants = (output) => {
  const numbers = new Set()
  for (const [, file, line] of output.matchAll(/--> (contracts\/src\/\S+\.sol):(\d+):/g)) {
    const text = readFileSync(join(copy, file), 'utf8').split('\n')[Number(line) - 1] ?? ''
    for (const [, number] of text.matchAll(/Mutant\.on\((\d+)\)/g)) numbers.add(Number(number))
  }
  return numbers
}

/** Compiles mutants together and tries each; a few at once. */
const judgeTogether = async (mutants, tell) => {
  mutants.forEach((mutant, at) => {
    mutant.number = at + 1
  })
  const files = [...new Set(mutants.map(({ file }) => file))]
  writeFileSync(join(copy, sources, 'libraries', 'Mutant.sol'), SWITCH)
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8')
    writeFileSync(
      join(copy, file),
      withSwitches(
        text,
        file,
        mutants.filter((mutant) => mutant.file === file),
      ),
    )
  }
  const built = await forge(0, 'build')
  if (!built.passed) {
    const wrong = wrongMutants(built.output)
    if (wrong.size === 0) throw new Error(`the mutants do not compile together:\n${built.output.slice(-4000)}`)
    for (const mutant of mutants.filter(({ number }) => wrong.has(number))) tell(mutant, { compiled: false })
    return judgeTogether(
      mutants.filter(({ number }) => !wrong.has(number)),
      tell,
    )
  }
  const suites = [...new Set(files.map((file) => SUITES[basename(file)] ?? '.*'))].join('|')
  const untouched = await forge(0, 'test', '--match-contract', suites, '--no-match-contract', 'InvariantsTest|GasTest')
  if (!untouched.passed) throw new Error(`the tests fail with every switch off:\n${untouched.output.slice(-4000)}`)
  const waiting = [...mutants]
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      tell(mutant, await runTests(mutant.number, mutant.file))
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work))
  for (const file of files) cpSync(join(root, file), join(copy, file), { preserveTimestamps: true })
}

/** Compiles one mutant by itself and tries it. */
const judgeAlone = async (mutant, tell) => {
  const path = join(copy, mutant.file)
  const text = readFileSync(join(root, mutant.file), 'utf8')
  writeFileSync(path, text.slice(0, mutant.at) + mutant.by + text.slice(mutant.at + mutant.length))
  tell(mutant, await runTests(0, mutant.file))
  writeFileSync(path, text)
}

/** So many of a list, chosen by a seed (mulberry32). */
const sampleOf = (list, count, seed) => {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const left = [...list]
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0],
  )
}

/** Every value given for a repeatable option. */
const option = (name) => process.argv.filter((_, at) => process.argv[at - 1] === name)

const main = async () => {
  const only = option('--only')
  const skip = option('--skip')
  const all = solidityFiles()
    .flatMap(mutantsOf)
    .filter(({ name }) => only.every((text) => name.includes(text)) && !skip.some((text) => name.includes(text)))
  if (process.argv.includes('--list')) {
    for (const mutant of all) console.log(`${mutant.name}: ${mutant.was}`)
    console.log(`${all.length} mutants`)
    return
  }
  const count = Number(option('--sample')[0] ?? all.length)
  const seed = Number(option('--seed')[0] ?? Date.now() % 1_000_000)
  const isSample = option('--sample').length > 0
  const switched = all.filter(({ whole }) => whole !== undefined)
  const together = isSample ? sampleOf(switched, count, seed) : switched
  const alone = isSample ? [] : all.filter(({ whole }) => whole === undefined)
  if (isSample)
    console.log(`${together.length} of ${all.length} mutants by seed ${seed}; again: --sample ${count} --seed ${seed}`)
  prepareCopy()
  const started = Date.now()
  const [total, results] = [together.length + alone.length, { done: 0, survived: 0 }]
  const tell = (mutant, result) => {
    const verdict = verdictOf(mutant, result)
    if (verdict === 'SURVIVED') results.survived++
    console.log(`[${++results.done}/${total}] ${mutant.name}: ${mutant.was} — ${verdict}`)
  }
  for (let at = 0; at < together.length; at += BATCH) await judgeTogether(together.slice(at, at + BATCH), tell)
  for (const mutant of alone) await judgeAlone(mutant, tell)
  rmSync(copy, { recursive: true, force: true })
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`${total} mutants, ${results.survived} survived, ${seconds} s`)
  process.exitCode = results.survived === 0 ? 0 : 1
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
