/** One table of the consumer's verdict codes: contracts/verdict-codes.json, which Solidity, TypeScript and docs repeat. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { refusalOfVerdict } from '../workflow/orders/verdict'
import { WORKFLOW_DIR } from './support/fixture'

const tableSchema = z.array(
  z
    .object({
      code: z.number().int().min(0).max(255),
      name: z.string().regex(/^[A-Z_]+$/),
      /** The code of the workflow's refusal; empty when the order is accepted. */
      refusal: z.string(),
      decidedBy: z.string(),
      meaning: z.string(),
    })
    .strict(),
)

const POLICY = '0x00000000000000000000000000000000000000aa'
const read = (name: string) => readFileSync(path.join(WORKFLOW_DIR, name), 'utf8')
const table = tableSchema.parse(JSON.parse(read('contracts/verdict-codes.json')))

/** The parts of Solidity's syntax tree that this test reads. */
type Tree = {
  sources: Record<
    string,
    { ast: { nodes: { nodeType: string; nodes: { name: string; src: string; value: { value: string } }[] }[] } }
  >
}

/** The constants of Verdicts.sol with the sentence above each, as the compiler parses them. */
function constantsInSolidity(): { code: number; name: string; meaning: string }[] {
  const content = read('contracts/src/libraries/Verdicts.sol')
  const settings = { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } }
  const input = JSON.stringify({ language: 'Solidity', sources: { Verdicts: { content } }, settings })
  const compiler = Bun.spawnSync([process.execPath, path.join(WORKFLOW_DIR, 'tools/solc.cjs'), '--standard-json'], {
    stdin: Buffer.from(input),
  })
  const { sources } = JSON.parse(compiler.stdout.toString()) as Tree
  const library = sources['Verdicts']?.ast.nodes.find(({ nodeType }) => nodeType === 'ContractDefinition')
  const bytes = Buffer.from(content)
  let end = 0
  return (library?.nodes ?? []).map(({ name, src, value }) => {
    const [start = 0, length = 0] = src.split(':').map(Number)
    const meaning = /@notice (.*)\n\s*$/.exec(bytes.subarray(end, start).toString())?.[1] ?? ''
    end = start + length
    return { code: Number(value.value), name, meaning }
  })
}

test('verdict codes: the table is sorted and names each code once', () => {
  const codes = table.map(({ code }) => code)
  expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b))
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length)
})

test('verdict codes: Solidity has those of the table', () => {
  expect(constantsInSolidity()).toEqual(table.map(({ code, name, meaning }) => ({ code, name, meaning })))
})

test('verdict codes: the workflow refuses as the table says', () => {
  for (let code = 0; code <= 255; code++) {
    const row = table.find((entry) => entry.code === code)
    const unknown = { name: `VERDICT_${code}`, refusal: 'ACE_REJECTED' }
    const { name, refusal } = row ?? unknown
    const policy = refusal === 'ACE_REJECTED' ? POLICY : ''
    const expected = refusal === '' ? undefined : { code: refusal, policy, reason: name }
    expect({ code, refusal: refusalOfVerdict({ code, policy: POLICY }) as unknown }).toEqual({
      code,
      refusal: expected,
    })
  }
})

test('verdict codes: the README of the contracts shows the table', () => {
  const [, shown = ''] = read('contracts/README.md').split(
    '| code | name | refusal | decided by | meaning |\n|---|---|---|---|---|\n',
  )
  const cells = shown
    .split('\n\n')[0]
    ?.split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  expect(cells).toEqual(table.map((row) => [String(row.code), row.name, row.refusal, row.decidedBy, row.meaning]))
})
