// Opens the DON: the keys in this process, the nodes in another.
import { mkdirSync } from 'node:fs'
import { ensureProgram } from '../quickjs/compile'
import { startFailure } from '../run/ending'
import { type Opening, readOpening } from '../run/opening'
import type { DonSettings } from '../run/settings'
import { type Signer, createSigner } from '../signer/signer'
import { type NodesProcess, type ProcessEnd, startNodes } from './nodes-process'

/** A DON that carries out runs. */
export type OpenDon = { settings: DonSettings; opening: Opening; signer: Signer; nodes: NodesProcess }

/** The DON, or the lines that say why there is none; the nodes' process starts while the files are read. */
export async function openDon(
  readSettings: () => DonSettings,
  params: { warm: boolean },
): Promise<OpenDon | { failure: string[] }> {
  let nodes: NodesProcess | undefined
  try {
    const settings = readSettings()
    // The nodes' process may read what is there when it is confined, and compile nothing.
    if (settings.engine === 'quickjs') mkdirSync(settings.cacheDir, { recursive: true })
    nodes = startNodes(settings)
    const { keys, ...opening } = await readOpening(settings)
    if (settings.engine === 'quickjs')
      await ensureProgram({ ...settings, bundleDir: settings.bundleDir, code: opening.code })
    const { description } = opening
    const signer = createSigner({ keys, description, gas: settings.limits.evmGas, nowMillis: Date.now })
    const ready = nodes.open({ op: 'open', settings, opening, warm: params.warm }, signer)
    const failure = await Promise.race([ready, nodes.ended.then(endedEarly)])
    return failure === undefined ? { settings, opening, signer, nodes } : { failure }
  } catch (error) {
    nodes?.kill()
    return { failure: startFailure(error) }
  }
}

function endedEarly({ code, signal }: ProcessEnd): string[] {
  return startFailure(new Error(`the nodes' process ended with ${signal ?? code}`))
}
