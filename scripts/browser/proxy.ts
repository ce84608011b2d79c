/** A proxy that serves the gateway below a path prefix, as it stands before many gateways, and that can be gone for a while. */
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http'
import { freePort } from '../lib/ports'

export const prefix = '/cre'

export interface Proxy {
  /** Address of the gateway through it, without a slash at the end. */
  url: string
  /** Refuses connections and ends those there are. */
  leave: () => Promise<void>
  comeBack: () => Promise<void>
}

export async function startProxy(gateway: string): Promise<Proxy> {
  const port = await freePort()
  const target = new URL(gateway)
  const forward = (asked: IncomingMessage, answered: ServerResponse) => {
    if (!asked.url?.startsWith(prefix)) {
      answered.writeHead(404).end()
      return
    }
    const options = {
      host: target.hostname,
      port: target.port,
      method: asked.method,
      path: asked.url.slice(prefix.length),
      headers: asked.headers,
    }
    const onward = request(options, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers)
      answered.flushHeaders()
      answer.pipe(answered)
    })
    onward.on('error', () => answered.destroy())
    answered.on('close', () => onward.destroy())
    asked.pipe(onward)
  }
  let server: Server | undefined
  const comeBack = () =>
    new Promise<void>((resolve) => {
      server = createServer(forward).listen(port, '127.0.0.1', resolve)
    })
  const leave = () =>
    new Promise<void>((resolve) => {
      server?.close(() => resolve())
      server?.closeAllConnections()
    })
  await comeBack()
  return { url: `http://127.0.0.1:${port}${prefix}`, leave, comeBack }
}
