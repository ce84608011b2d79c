// Starts the nodes' process, and speaks with it for the signer's.
import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Hex } from 'viem'
import { HostError, SigningRefused } from '../base/errors'
import type { JournalEvent } from '../base/journal'
import { linesOf } from '../base/lines'
import { type FromNodes, MAX_FRAME_BYTES, type ToNodes, decodeFromNodes, encodeToNodes } from '../channel/messages'
import type { Allowance } from '../confine/landlock'
import type { DonSettings, Run } from '../run/settings'
import type { Signer } from '../signer/signer'

/** What a run says while it is under way. */
export type RunListener = {
  onOut: (line: string) => void
  onJournal: (line: string, level: NonNullable<JournalEvent['level']>) => void
  /** The signer refused something that the nodes' process asked for. */
  onRefused: (reason: string) => void
}

/** How a run ended. */
export type RunEnd = Extract<FromNodes, { frame: 'end' }>

/** How the process ended. */
export type ProcessEnd = { code: number | null; signal: NodeJS.Signals | null }

/** The nodes' process. */
export type NodesProcess = {
  /** Gives it what it needs; resolves when it is ready, or with the lines that say why it never will be. */
  open: (message: Extract<ToNodes, { op: 'open' }>, signer: Signer) => Promise<string[] | undefined>
  /** Carries out a run; never resolves when the process ends before the run does. */
  run: (run: Run, listener: RunListener) => Promise<RunEnd>
  /** Ends it. */
  kill: () => void
  ended: Promise<ProcessEnd>
}

/** Where the program of the nodes lies. */
type ProgramFiles = Pick<DonSettings, 'workflowDir' | 'bundleDir' | 'cacheDir' | 'engine'>

/** What the nodes run from sources, of the project's folder. */
const SOURCES = [
  'main.ts',
  'workflow',
  'host',
  'node_modules',
  'package.json',
  'tsconfig.json',
  'bun.lock',
  'bunfig.toml',
]

/** On Linux the program is confined first; elsewhere nothing can confine it. */
function nodesCommand(settings: ProgramFiles): string[] {
  const { workflowDir, bundleDir } = settings
  const entry = (name: string): string =>
    bundleDir === undefined ? path.join(workflowDir, `host/${name}.ts`) : path.join(bundleDir, `${name}.js`)
  if (process.platform !== 'linux') return [entry('nodes')]
  return [entry('confined'), entry('nodes'), JSON.stringify(readableOf(settings))]
}

function readableOf({ workflowDir, bundleDir, cacheDir, engine }: ProgramFiles): Pick<Allowance, 'list' | 'read'> {
  const bundle = bundleDir === undefined ? [] : [bundleDir]
  const programs = engine === 'quickjs' ? [cacheDir] : []
  if (bundleDir !== undefined && engine === 'bun') return { list: [], read: bundle }
  const sources = SOURCES.map((name) => path.join(workflowDir, name))
  // Bun looks for a package in the folders above the one that asks for it.
  const packages = path.dirname(realpathSync(path.join(workflowDir, 'node_modules')))
  const above = ['package.json', 'tsconfig.json'].map((name) => path.join(packages, name))
  return { list: [workflowDir, packages], read: [...sources, ...above, ...bundle, ...programs] }
}

/** The engine's own settings may pass; nothing else of the environment does. */
const PASSED = /^BUN_JSC_/

/** Starts the process; it waits for `open`. */
export function startNodes(settings: ProgramFiles): NodesProcess {
  const child = Bun.spawn([process.execPath, 'run', ...nodesCommand(settings)], {
    // Not the project's folder, where Bun would look for its settings.
    cwd: settings.bundleDir ?? settings.workflowDir,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const opened = Promise.withResolvers<string[] | undefined>()
  let signatures: Signer | undefined
  let current: { listener: RunListener; end: PromiseWithResolvers<RunEnd> } | undefined
  const send = (message: ToNodes): void => {
    child.stdin.write(`${encodeToNodes(message)}\n`)
    void child.stdin.flush()
  }
  const answer = (id: number, sign: (signer: Signer) => Promise<Hex>): void => {
    const refuse = (error: unknown): void => {
      const reason = error instanceof SigningRefused ? error.message : 'the signer cannot sign this'
      current?.listener.onRefused(reason)
      send({ op: 'refused', id, reason })
    }
    if (signatures === undefined) return refuse(new SigningRefused('no run is open'))
    sign(signatures).then((signed) => send({ op: 'signed', id, signed }), refuse)
  }
  const onFrame = (frame: FromNodes): void => {
    switch (frame.frame) {
      case 'ready':
        return opened.resolve(undefined)
      case 'failed':
        return opened.resolve(frame.lines)
      case 'out':
        return current?.listener.onOut(frame.line)
      case 'journal':
        return current?.listener.onJournal(frame.line, frame.level)
      case 'report':
        return answer(frame.id, (signer) => signer.signReport(frame.node, frame))
      case 'transaction':
        return answer(frame.id, (signer) => signer.signTransaction(frame.slot, frame.call))
      case 'end':
        current?.end.resolve(frame)
        current = undefined
    }
  }
  const read = async (): Promise<void> => {
    for await (const line of linesOf(child.stdout, MAX_FRAME_BYTES)) {
      const frame = decodeFromNodes(line)
      if (frame === undefined) throw new HostError('HOST_ERROR', 'the nodes said what nobody understands')
      onFrame(frame)
    }
  }
  const ended = Promise.all([read().catch(() => child.kill('SIGKILL')), child.exited]).then(() => ({
    code: child.exitCode,
    signal: child.signalCode,
  }))
  return {
    open(message, signer) {
      signatures = signer
      send(message)
      return opened.promise
    },
    run(run, listener) {
      const end = Promise.withResolvers<RunEnd>()
      current = { listener, end }
      send({ op: 'run', run })
      return end.promise
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
