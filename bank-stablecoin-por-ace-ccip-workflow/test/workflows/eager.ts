/** A workflow whose modules already need the host when they are evaluated. */
import { HTTPCapability, Runner, handler } from '@chainlink/cre-sdk'

const scope = globalThis as unknown as { log: (text: string) => void }
const drawn = Math.random()
scope.log(`drawn ${drawn}`)

export async function main() {
  const runner = await Runner.newRunner<object>()
  await runner.run(() => [handler(new HTTPCapability().trigger({}), () => ({ answer: `${drawn} ${Math.random()}` }))])
}
