/**
 * Walks through the README on a local stack: runs the commands of its shell blocks in their order, compares what they
 * answer with the JSON printed behind them, and calls the frontend's function. Behind `scripts/test-readme.sh`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript, say, sentenceOf } from '../lib/cli'
import { localDir, root } from '../lib/paths'
import { isListening, portSetting } from '../lib/ports'
import { type Program, launch, stopAll, untilReady } from '../lib/process'
import { readStack } from '../lib/stack-file'
import { type Block, blocksOf, commandsOf } from './blocks'
import { differences } from './compare'

const readyTimeoutMs = 600_000
const commandTimeoutMs = 120_000
const startCommand = 'bash scripts/start-backend.sh'
/** Commands that are not run here, and why. */
const leftOut: Record<string, string> = { 'bash scripts/test.sh': 'this test is a part of it' }
/** The address that the README prints. */
const printedOrigin = 'localhost:3001'
const origin = `localhost:${portSetting('PORT', 3001)}`

const log = join(localDir, 'stack.log')
let passed = 0
let failed = 0

async function check(what: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work()
    passed += 1
    say(`ok: ${what}`)
  } catch (error) {
    failed += 1
    say(`FAILED: ${what}\n    ${sentenceOf(error)}`)
  }
}

/** A command without its comment. */
function bare(command: string): string {
  return command.replace(/ +#[^\n]*$/, '').trim()
}

async function start(): Promise<Program> {
  const program = launch({
    name: 'start-backend.sh',
    command: 'bash',
    args: ['scripts/start-backend.sh'],
    cwd: root,
    log,
  })
  const isReady = () => Promise.resolve(/^Ready\./m.test(readFileSync(log, 'utf8')))
  await untilReady(program, { timeoutMs: readyTimeoutMs, hint: `see ${log}` }, isReady)
  return program
}

/** Runs a command as a shell would; answers with its output. */
function run(command: string): string {
  const here = command.replaceAll(printedOrigin, origin).replaceAll(' .local/', ` ${localDir}/`)
  const done = spawnSync('bash', ['-c', here], { cwd: root, encoding: 'utf8', timeout: commandTimeoutMs })
  if (done.status !== 0) throw new Error(`it ends with ${done.signal ?? done.status}:\n${done.stdout}${done.stderr}`)
  return done.stdout
}

function compare(printed: Block, output: string): void {
  const was = JSON.parse(printed.text.replaceAll(printedOrigin, origin))
  const found = differences(was, JSON.parse(output))
  if (found.length > 0) throw new Error(`line ${printed.line} of README.md: ${found.join('\n    ')}`)
}

/** Calls the function of the frontend's block with the stack's own basket. */
async function callFrontend({ text }: Block): Promise<void> {
  const file = join(localDir, 'frontend.ts')
  writeFileSync(file, `${text.replaceAll(printedOrigin, origin)}\nexport { requestMint }\n`)
  const { requestMint } = await import(file)
  const { stablecoin, mintingConsumer } = readStack()
  const beneficiary = '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'
  const result = await requestMint(beneficiary, '1000', stablecoin, mintingConsumer)
  if (result.success !== true) throw new Error(`it is answered ${JSON.stringify(result)}`)
}

async function walk(): Promise<void> {
  const blocks = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))
  let stack: Program | undefined
  for (const block of blocks) {
    if (block.language === 'typescript') await check('the frontend mints', () => callFrontend(block))
    if (block.language !== 'bash') continue
    const commands = commandsOf(block)
    for (const command of commands) {
      const name = bare(command)
      const what = `line ${block.line}: ${name.replaceAll(/\s+/g, ' ').slice(0, 90)}`
      const reason = leftOut[name]
      if (reason !== undefined) say(`not run: ${name}: ${reason}`)
      else if (name === startCommand) stack = await start()
      else {
        await check(what, () => {
          const output = run(command)
          if (block.next?.language === 'json' && commands.length === 1) compare(block.next, output)
        })
      }
    }
  }
  if (stack === undefined) throw new Error(`README.md does not start anything: ${startCommand} is missing`)
  const { pid, ended } = stack
  await check('Ctrl-C stops everything that was started', async () => {
    process.kill(pid, 'SIGINT')
    await ended
    const ports = [
      portSetting('PORT', 3001),
      portSetting('LOCAL_CHAIN_PORT', 8545),
      portSetting('RESERVE_API_PORT', 3002),
    ]
    for (const port of ports) if (await isListening(port)) throw new Error(`something still listens on port ${port}`)
  })
}

await runScript(async () => {
  if (existsSync(localDir)) rmSync(localDir, { recursive: true })
  mkdirSync(localDir, { recursive: true })
  try {
    await walk()
  } finally {
    await stopAll()
  }
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) throw new Error("the README's commands do not do what it says")
})
