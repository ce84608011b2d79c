// Reads the files of a run.
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { FileContent, Run, RunRequest } from './settings'

const OTHERS_MAY_READ = 0o077

/** Reads all that a run needs from disk. */
export function readRun(request: RunRequest, { secretsFile }: { secretsFile: string }): Run {
  const { runDir, requestId, transmitterSlot, trigger } = request
  const configFile = request.configFile ?? path.join(runDir, 'config.json')
  return {
    ...{ requestId, transmitterSlot, trigger },
    files: {
      config: { name: path.basename(configFile), content: readContent(configFile) },
      payload: trigger.kind === 'http' ? readContent(path.join(runDir, 'http_trigger_payload.json')) : 'missing',
      secrets: { path: secretsFile, content: readPrivate(secretsFile) },
    },
  }
}

/** What a file holds. */
export function readContent(file: string): FileContent {
  try {
    return readFileSync(file)
  } catch (error) {
    return (error as { code?: unknown }).code === 'ENOENT' ? 'missing' : 'unreadable'
  }
}

/** The same, of a file that nobody else may read. */
function readPrivate(file: string): FileContent {
  try {
    if ((statSync(file).mode & OTHERS_MAY_READ) !== 0) return 'exposed'
  } catch {
    // Reading it tells why.
  }
  return readContent(file)
}
