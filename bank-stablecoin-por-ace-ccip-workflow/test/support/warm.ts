import { afterAll } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Limits } from '../../host/base/limits'
import {
  type DonOptions,
  type Project,
  type RunOptions,
  type RunOutcome,
  type TestDon,
  configurationOf,
  openInProcess,
  runInProcess,
  runOn,
} from './project'

/** The DON that runs, by its code: loading its guests costs ten times what a run does. */
const warm = new Map<string, { don: TestDon; configuration: string }>()
let users = 0

/**
 * Runs a project's workflow on one DON for as long as its deployed configuration stays the same, because one that runs keeps the
 * configuration of its start; the next DON has the same guests, and so have those of other projects of the same code. A
 * run that wants a DON of another kind gets one of its own. One run at a time in a file; stops with the tests of the file.
 */
export function keepWarm(
  project: Project,
  kind: DonOptions = {},
): (options: RunOptions & DonOptions) => Promise<RunOutcome> {
  const code = codeOf(project, kind)
  users++
  afterAll(async () => {
    if (--users > 0) return
    for (const { don } of warm.values()) await don.stop()
    warm.clear()
  })
  return async (options) => {
    if ('engine' in options || 'engineOf' in options) return runInProcess(project, { ...kind, ...options })
    const limits = { ...kind.limits, ...options.limits }
    const configuration = kindOf(project, limits)
    let running = warm.get(code)
    if (running?.configuration !== configuration) {
      if (running !== undefined) running.configuration = 'none: the DON was left'
      running = { don: await openInProcess(project, { ...kind, limits }, running?.don.leaveGuests()), configuration }
      warm.set(code, running)
    }
    return runOn(running.don, project, options)
  }
}

let kinds = 0

/** What guests must have in common; those of a special kind have nobody's. */
function codeOf(project: Project, kind: DonOptions): string {
  if (Object.keys(kind).length > 0) return `kind ${++kinds}`
  return readFileSync(path.join(project.bundleDir, 'code.sha256'), 'utf8')
}

/** The project, its deployed configuration, and quotas that are not the usual ones. */
function kindOf(project: Project, limits: Partial<Limits>): string {
  return JSON.stringify([project.dir, configurationOf(project), Object.entries(limits).map(String)])
}
