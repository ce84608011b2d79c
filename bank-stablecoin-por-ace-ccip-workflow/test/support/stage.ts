import { afterAll, setDefaultTimeout } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { DonFile } from '../../host/don/don-file'
import { type TestChain, keysFor, removeTemporary, startChain } from './fixture'
import { type Project, createProject } from './project'
import { type ReserveSource, startReserveSource } from './reserve-source'
import { TEST_MILLIS } from './time-limit'

/** A chain of this file's own, and the keys of a DON that works on it. */
export type ChainStage = { chain: TestChain; donFile: string; don: DonFile }

/** A chain, a reserve source, and a project whose reserve is proved by that source. */
export type Stage = ChainStage & { source: ReserveSource; project: Project }

/** Starts a chain for the tests of a file, and stops it after them. To be awaited at the file's top level. */
export async function openChainStage(params: { mining?: boolean } = {}): Promise<ChainStage> {
  setDefaultTimeout(TEST_MILLIS)
  const started: TestChain[] = []
  afterAll(async () => {
    for (const chain of started) await chain.stop()
    removeTemporary()
  })
  const chain = await startChain(params)
  started.push(chain)
  const donFile = await keysFor(chain)
  return { chain, donFile, don: JSON.parse(readFileSync(donFile, 'utf8')) as DonFile }
}

/** Opens what most tests of the host need; `main` is another workflow in the place of main.ts. */
export async function openStage(
  params: {
    main?: string
    config?: (chain: TestChain) => Record<string, unknown>
    packages?: Record<string, string>
  } = {},
): Promise<Stage> {
  const { chain, donFile, don } = await openChainStage()
  const source = startReserveSource()
  afterAll(() => source.stop())
  const { main, config, packages = {} } = params
  const project = createProject({
    ...{ chain, donFile, porApiUrl: source.url, packages },
    ...(main === undefined ? {} : { main }),
    ...(config === undefined ? {} : { config: config(chain) }),
  })
  return { chain, donFile, don, source, project }
}
