/** Prints so many ports that nobody listens on, in one line: `free-ports.ts COUNT`. */
import { runScript } from '../lib/cli'
import { freePort } from '../lib/ports'

await runScript(async () => {
  const ports: number[] = []
  const count = Number(process.argv[2])
  while (ports.length < count) {
    const port = await freePort()
    if (!ports.includes(port)) ports.push(port)
  }
  console.log(ports.join(' '))
})
