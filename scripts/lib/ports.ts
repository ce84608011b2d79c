/** TCP ports on loopback. */
import { connect, createServer } from 'node:net'

/** Reads a port from the environment. */
export function portSetting(name: string, fallback: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65535) {
    throw new Error(`${name} must be a port number between 1 and 65535, not "${text}"`)
  }
  return value
}

/** Reads the port of a setting `address:port` from the environment; undefined where it is off or any free one. */
export function addressPortSetting(name: string, fallback: string): number | undefined {
  const text = process.env[name] || fallback
  const port = Number(/:(\d+)$/.exec(text)?.[1] ?? 0)
  return port === 0 ? undefined : port
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.on('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => {
      if (address !== null && typeof address === 'object') resolve(address.port)
      else reject(new Error('the system gave no free port'))
    })
  })
  return promise
}

export function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('connect', () => {
    socket.destroy()
    resolve(true)
  })
  socket.on('error', () => resolve(false))
  return promise
}

/** A port that a program needs, and the setting that moves it elsewhere. */
export interface PortNeed {
  port: number
  setting: string
  /** Who will listen there. */
  who: string
}

/** Throws one sentence for every port that is wanted twice or in use. */
export async function assertFree(needs: PortNeed[]): Promise<void> {
  const sentences: string[] = []
  for (const [index, { port, setting, who }] of needs.entries()) {
    const rival = needs.slice(0, index).find((other) => other.port === port)
    if (rival !== undefined)
      sentences.push(`${rival.setting} and ${setting} are both ${port}: set one of them to another port`)
    else if (await isListening(port)) {
      sentences.push(
        `port ${port}, where ${who} is to listen, is in use by another program: stop that, or set ${setting} to a free port`,
      )
    }
  }
  if (sentences.length > 0) throw new Error(sentences.join('\nerror: '))
}
