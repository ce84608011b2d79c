// Bun evaluates this before main.ts (see bunfig.toml) and starts the local DON when main.ts itself was asked for.

// The DON takes the main thread here and ends the process; main.ts then runs in the nodes' Workers only.
import path from 'node:path'

const workflowDir = path.resolve(import.meta.dir, '..')

if (Bun.isMainThread && Bun.main === path.join(workflowDir, 'main.ts')) {
  const bundle = process.env['CRE_BUNDLE_DIR']
  const host = bundle ? path.join(path.resolve(bundle), 'host.js') : './process/cli'
  const { start, serve } = (await import(host)) as typeof import('./process/cli')
  await (process.env['CRE_SERVE'] === '1' ? serve : start)({ workflowDir })
}
