import { afterAll } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type DonOptions,
  type Project,
  type RunOptions,
  type RunOutcome,
  type TestDon,
  openInProcess,
  runInProcess,
  runOn,
} from './project'

/**
 * Runs a project's workflow on one DON for as long as its base configuration stays the same: starting a DON costs ten
 * times what a run does, and one that runs keeps the configuration of its start. A run that wants a DON of another kind
 * gets one of its own. One run at a time; stops with the tests of the file.
 */
export function keepWarm(
  project: Project,
  kind: DonOptions = {},
): (options: RunOptions & DonOptions) => Promise<RunOutcome> {
  let running: { don: Promise<TestDon>; configuration: string } | undefined
  const stop = async () => {
    const last = running
    running = undefined
    await (await last?.don)?.stop()
  }
  afterAll(stop)
  return async (options) => {
    if ('engine' in options || 'engineOf' in options || 'limits' in options)
      return runInProcess(project, { ...kind, ...options })
    const configuration = configurationOf(project)
    if (running?.configuration !== configuration) {
      await stop()
      running = { don: openInProcess(project, kind), configuration }
    }
    return runOn(await running.don, project, options)
  }
}

/** The base configuration but for the basket, which each run names. */
function configurationOf(project: Project): string {
  const text = readFileSync(path.join(project.dir, 'config.json'), 'utf8')
  const { stablecoinAddress, mintingConsumerAddress, ...base } = JSON.parse(text) as Record<string, unknown>
  return JSON.stringify(base)
}
