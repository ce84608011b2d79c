// Digests the workflow's code, and refuses a bundle of other code.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HostError } from '../base/errors'
import { digestOfFiles, sourcesIn } from '../base/kept'

const DIGEST_FILE = 'code.sha256'

/**
 * A digest of what a bundle is made of: main.ts, workflow/ and the lock file. It stands for the code in the id of a workflow that
 * has not been built for a DON, so that sources and bundle, whichever engine runs them, are the same workflow.
 */
export function digestOfCode(workflowDir: string): Uint8Array {
  const sources = sourcesIn(workflowDir, 'workflow').filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  return Buffer.from(digestOfFiles(workflowDir, ['main.ts', 'bun.lock', ...sources]), 'hex')
}

/** Notes in a bundle which code it was made of. */
export function markBundle(params: { bundleDir: string; code: Uint8Array }): void {
  writeFileSync(path.join(params.bundleDir, DIGEST_FILE), Buffer.from(params.code).toString('hex'))
}

/** Refuses a bundle that was made of other code than the folder holds now. */
export function assertFresh(params: { bundleDir: string; code: Uint8Array }): void {
  let noted = ''
  try {
    noted = readFileSync(path.join(params.bundleDir, DIGEST_FILE), 'utf8')
  } catch {
    throw new HostError(
      'HOST_ERROR',
      'CRE_BUNDLE_DIR holds no bundle; make one with: bun run host/bundle.ts --out <directory>',
    )
  }
  if (noted === Buffer.from(params.code).toString('hex')) return
  throw new HostError('HOST_ERROR', 'the bundle is older than the workflow; make it again with host/bundle.ts')
}
