/** What hostile guests get: nothing. One process serves all attempts of an engine. */
import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ATTEMPTS, CANARY, openHostileStage } from './support/hostile'
import { openStage } from './support/stage'

const { donFile, don, project } = await openStage({ main: path.join(import.meta.dir, 'workflows/hostile.ts') })
const keys = [don, JSON.parse(readFileSync(path.join(path.dirname(donFile), don.transmitters), 'utf8'))]
  .flatMap((file) => [...JSON.stringify(file).matchAll(/"privateKey":"0x([0-9a-f]{64})"/g)])
  .map(([, key]) => key ?? '')

/** What a guest writes to where the host asks: frames as the host's own. */
const rawReport = `0x01${'00'.repeat(500)}`
const context = `0x${'00'.repeat(96)}`
const call = { chainId: 31337, nonce: 0, to: don.chains[0]?.forwarder, data: '0x', gas: '21000' }
const fees = { maxFeePerGas: '1000000000000', maxPriorityFeePerGas: '1' }
const FRAMES = {
  'a report of its own': { frame: 'report', id: 4711, node: 'node-1', rawReport, context },
  'a transaction of its own': { frame: 'transaction', id: 4712, slot: 0, call: { ...call, ...fees } },
}

const stages = {
  bun: await openHostileStage(project, 'bun'),
  quickjs: await openHostileStage(project, 'quickjs'),
}
afterAll(() => Promise.all(Object.values(stages).map(({ serving }) => serving.close())))

describe.each(Object.entries(stages))('hostile: on %s', (_engine, stage) => {
  test.each(Object.keys(ATTEMPTS))('a guest that %s gets nothing', async (name) => {
    const { answer, lines } = await stage.attempt(name)
    expect(answer).toBe('nothing')
    for (const secret of [...keys, CANARY]) expect(lines.join('\n')).not.toContain(secret)
    expect(stage.wasWritten()).toBe(false)
  })

  test.each(Object.entries(FRAMES))('a guest that asks the signer for %s gets nothing', async (_what, frame) => {
    const { answer, lines } = await stage.attempt('asks where the host does', { frame: JSON.stringify(frame) })
    expect(answer).toBe('nothing')
    const refused = lines.filter((line) => line.includes('"event":"signer.refused"'))
    // Each node's guest asks; the run may end before the last is told. In QuickJS there is nothing to ask with.
    if (stage === stages.bun) expect(refused).not.toEqual([])
    else expect(refused).toEqual([])
  })
})
