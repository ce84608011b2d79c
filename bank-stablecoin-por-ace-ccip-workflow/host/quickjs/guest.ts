// Runs the workflow's bytecode in a node's Worker, inside Chainlink's QuickJS plugin.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type GuestPort, openGuestPort } from '../guest/port'
import type { GuestMessage, HostMessage } from '../guest/protocol'
import { invokeProgram } from './engine'
import { BYTECODE_FILE, pluginFile } from './program'

const post = globalThis.postMessage.bind(globalThis) as (message: GuestMessage) => void

let port: GuestPort | undefined
let plugin: WebAssembly.Module | undefined
let bytecode: Uint8Array | undefined

globalThis.onmessage = (event: MessageEvent<HostMessage>) => {
  const message = event.data
  if (message.op === 'renew') return post({ op: 'ready' })
  if (message.op === 'load') {
    const { program } = message
    if (program.engine !== 'quickjs') throw new Error('this guest runs bytecode only')
    port = openGuestPort({ control: message.control, data: message.data, post })
    plugin = new WebAssembly.Module(readFileSync(pluginFile(program.directory)))
    bytecode = readFileSync(path.join(program.directory, BYTECODE_FILE))
    post({ op: 'ready' })
    return
  }
  if (port === undefined || plugin === undefined || bytecode === undefined) return
  const args = ['wasi', Buffer.from(message.request).toString('base64')]
  const error = invokeProgram({ plugin, bytecode, port, args })
  post(error === undefined ? { op: 'finished' } : { op: 'finished', error })
}
