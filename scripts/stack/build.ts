/** Builds the backend with cargo, whose progress is shown. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../lib/cli'
import { root } from '../lib/paths'
import { runShown } from '../lib/process'

/** The program, of a profile of Cargo.toml. */
export async function buildBackend(profile: string): Promise<string> {
  const binary = join(root, 'target', profile === 'dev' ? 'debug' : profile, 'cre-backend')
  if (!existsSync(binary))
    say('building the backend (the first time with all its dependencies: five to ten minutes on two cores)')
  const args = ['build', '--locked', '--profile', profile, '--bin', 'cre-backend']
  if (!(await runShown('cargo', args, root))) throw new Error('cargo build failed; its message is above')
  return binary
}
