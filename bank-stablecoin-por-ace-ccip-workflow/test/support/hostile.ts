import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { EngineName } from '../../host/run/settings'
import { temporaryDirectory } from './fixture'
import { type Project, runDirectory } from './project'
import { type Serving, startServing } from './serving'

/**
 * What test/workflows/hostile.ts tries, on every engine: each attempt has to end with `nothing`. Where only the operating
 * system stands in the way of Bun's engine, it takes one that can (Landlock, on Linux).
 */
export const ATTEMPTS: Record<string, { needs?: 'landlock' }> = {
  'fetches a file': { needs: 'landlock' },
  'opens a file with Bun': { needs: 'landlock' },
  'imports a file as text': { needs: 'landlock' },
  'imports node:fs': { needs: 'landlock' },
  'lists a folder': { needs: 'landlock' },
  'makes a symbolic link to a file': { needs: 'landlock' },
  'writes a file': { needs: 'landlock' },
  'reads the environment': {},
  'reads the environment of its process': {},
  'reads the environment of the process above': { needs: 'landlock' },
  'opens the memory of the process above': { needs: 'landlock' },
  'attaches to the process above': { needs: 'landlock' },
  'signals the process above': { needs: 'landlock' },
  'spawns a program': { needs: 'landlock' },
  'spawns its own program': { needs: 'landlock' },
}

/** A process that serves hostile runs, and what they are after. */
export type HostileStage = {
  serving: Serving
  /** Runs one attempt: what the workflow says it got, and every line of the run. */
  attempt: (name: string, more?: { frame?: string }) => Promise<{ answer: string; lines: string[] }>
  /** Whether an attempt left a file behind. */
  wasWritten: () => boolean
}

/** A word that stands in the environment of the serving process, and nowhere else. */
export const CANARY = 'canary-of-the-environment'

/** Starts a process whose workflow is test/workflows/hostile.ts. */
export async function openHostileStage(project: Project, engine: EngineName): Promise<HostileStage> {
  const serving = await startServing(project, { env: { CANARY }, args: ['--engine', engine] })
  const folder = path.join(temporaryDirectory('hostile'), 'folder')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'known'), '')
  return {
    serving,
    async attempt(name, { frame = '' } = {}) {
      const runDir = runDirectory(project, { attempt: name, aim: { file: project.donFile, folder, frame } })
      const { stdout, stderr } = await serving.run({ runDir })
      const result = JSON.parse(stdout.at(-1) ?? '{}') as { answer?: string }
      return { answer: result.answer ?? `no answer: ${stderr.at(-1)}`, lines: [...stdout, ...stderr] }
    },
    wasWritten: () => ['left', 'link'].some((name) => existsSync(path.join(folder, name))),
  }
}
