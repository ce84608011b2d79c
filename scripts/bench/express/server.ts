/**
 * The design of the integration guide, as small as it can be: an Express server that, one request at a time, rewrites
 * the workflow's shared `config.json` and `http_trigger_payload.json`, runs `bun run main.ts` from sources, and takes
 * the transaction's hash from what it prints.
 * Environment: `PORT`, `WORKFLOW_DIR` (a copy of the workflow folder), and what the workflow itself reads.
 */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import express from 'express'

interface MintBody {
  beneficiary: string
  amount: string
  stablecoinAddress: string
  mintingConsumerAddress: string
}

const { PORT = '', WORKFLOW_DIR = '' } = process.env
const tokenUnit = 10n ** 18n
const chainId = 31337
let last: Promise<unknown> = Promise.resolve()

/** Two runs at once would read each other's files. */
function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = last.then(work)
  last = mine.catch(() => undefined)
  return mine
}

async function updateFiles({
  beneficiary,
  amount,
  stablecoinAddress,
  mintingConsumerAddress,
}: MintBody): Promise<void> {
  const configFile = join(WORKFLOW_DIR, 'config.json')
  const config = { ...JSON.parse(await readFile(configFile, 'utf8')), stablecoinAddress, mintingConsumerAddress }
  await writeFile(configFile, JSON.stringify(config, null, 2))
  const orders = [{ account: beneficiary, amount: (BigInt(amount) * tokenUnit).toString() }]
  const payload = { version: 1, chainId, stablecoin: stablecoinAddress, consumer: mintingConsumerAddress, orders }
  await writeFile(join(WORKFLOW_DIR, 'http_trigger_payload.json'), JSON.stringify(payload, null, 2))
}

function runWorkflow(): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn('bun', ['run', 'main.ts'], { cwd: WORKFLOW_DIR, stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors] = ['', '']
    child.stdout.on('data', (data: Buffer) => (output += data))
    child.stderr.on('data', (data: Buffer) => (errors += data))
    child.on('error', failed)
    child.on('close', () => {
      const hash = /Mint report delivered: (0x[0-9a-fA-F]{64})/.exec(output)?.[1]
      if (hash === undefined) failed(new Error(`no transaction hash in the output: ${(output + errors).slice(-500)}`))
      else done(hash)
    })
  })
}

const app = express()
app.use(express.json())
app.post('/mint', async (request, response) => {
  try {
    const mintTx = await locked(async () => {
      await updateFiles(request.body as MintBody)
      return runWorkflow()
    })
    response.json({ success: true, mintTx, etherscan: `https://sepolia.etherscan.io/tx/${mintTx}` })
  } catch (error) {
    response.status(500).json({ success: false, error: (error as Error).message })
  }
})
app.listen(Number(PORT), '127.0.0.1')
