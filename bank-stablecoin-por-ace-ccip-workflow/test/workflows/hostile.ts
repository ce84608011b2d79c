/** A workflow that tries to get at what is not its own; an attempt gives what it got, and the answer is that, or `nothing`. */
import { HTTPCapability, type HTTPPayload, Runner, type Runtime, decodeJson, handler } from '@chainlink/cre-sdk'

/** What an attempt is after. */
type Aim = { file: string; folder: string; frame: string }

type Code = (...values: unknown[]) => Promise<unknown>

/** A function made of text: it is evaluated in the global scope, out of reach of whatever the bundle's wrapper hides. */
function fromText(parameter: string, text: string): Code {
  const { constructor: compile } = Object.getPrototypeOf(async () => undefined) as {
    constructor: (...texts: string[]) => Code
  }
  // Some of Bun's modules want a global that guests do not have.
  return compile(parameter, `globalThis.process ??= (await import('node:process')).default; ${text}`)
}

const attempts: Record<string, (aim: Aim) => Promise<unknown>> = {
  'fetches a file': ({ file }) => fromText('file', "return await (await Bun.fetch('file://' + file)).text()")(file),
  'opens a file with Bun': ({ file }) => fromText('file', 'return await Bun.file(file).text()')(file),
  'imports a file as text': ({ file }) =>
    fromText('file', "return (await import(file, { with: { type: 'text' } })).default")(file),
  'imports node:fs': ({ file }) =>
    fromText('file', "return (await import('node:fs')).readFileSync(file, 'utf8')")(file),
  'lists a folder': ({ folder }) =>
    fromText('folder', "return (await import('node:fs')).readdirSync(folder).join()")(folder),
  'makes a symbolic link to a file': ({ file, folder }) =>
    fromText(
      'aim',
      `const fs = await import('node:fs')
       fs.symlinkSync(aim.file, aim.folder + '/link')
       return fs.readFileSync(aim.folder + '/link', 'utf8')`,
    )({ file, folder }),
  'writes a file': ({ folder }) => fromText('folder', "return await Bun.write(folder + '/left', 'left')")(folder),
  'reads the environment': () =>
    fromText('none', 'return Object.entries({ ...Bun.env, ...globalThis.process?.env }).join()')(),
  'reads the environment of its process': () =>
    fromText('none', "return (await import('node:fs')).readFileSync('/proc/self/environ', 'utf8')")(),
  'reads the environment of the process above': () =>
    fromText(
      'none',
      `const { ppid } = await import('node:process')
       return (await import('node:fs')).readFileSync('/proc/' + ppid + '/environ', 'utf8')`,
    )(),
  'opens the memory of the process above': () =>
    fromText(
      'none',
      `const { ppid } = await import('node:process')
       return 'descriptor ' + (await import('node:fs')).openSync('/proc/' + ppid + '/mem', 'r')`,
    )(),
  'attaches to the process above': () =>
    fromText(
      'none',
      `const { ppid } = await import('node:process')
       const { dlopen } = await import('bun:ffi')
       const { symbols } = dlopen('libc.so.6', { ptrace: { args: ['i64', 'i32', 'ptr', 'ptr'], returns: 'i64' } })
       if (Number(symbols.ptrace(0x4206, ppid, null, null)) !== 0) throw new Error('refused')
       return 'attached'`,
    )(),
  'signals the process above': () =>
    fromText('none', "const { kill, ppid } = await import('node:process'); return kill(ppid, 0)")(),
  'spawns a program': ({ file }) =>
    fromText('file', "return Bun.spawnSync(['/bin/cat', file]).stdout.toString()")(file),
  'spawns its own program': ({ file }) =>
    fromText(
      'file',
      `const code = 'process.stdout.write(require("node:fs").readFileSync(process.argv.at(-1), "utf8"))'
       const { execPath } = await import('node:process')
       return Bun.spawnSync([execPath, '-e', code, file]).stdout.toString()`,
    )(file),
  'asks where the host does': ({ frame }) =>
    fromText(
      'frame',
      `const fs = await import('node:fs')
       fs.writeSync(1, frame + '\\n')
       return ''`,
    )(frame),
}

const onAttempt = async (runtime: Runtime<object>, payload: HTTPPayload) => {
  const { attempt, aim } = decodeJson(payload.input) as { attempt: string; aim: Aim }
  const make = attempts[attempt]
  if (make === undefined) throw new Error(`no attempt ${attempt}`)
  try {
    const got = await make(aim)
    return { answer: String(got) === '' ? 'nothing' : `${attempt}: ${String(got)}` }
  } catch (error) {
    runtime.log(`${attempt}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    return { answer: 'nothing' }
  }
}

export async function main() {
  const runner = await Runner.newRunner<object>()
  await runner.run(() => [handler(new HTTPCapability().trigger({}), onAttempt)])
}
