/** How a script ends: an error is one sentence on standard error and a status that is not 0. */

/** Runs a script's work and ends the process. */
export async function runScript(work: () => Promise<void>): Promise<never> {
  try {
    await work()
    process.exit(0)
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exit(1)
  }
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A step, as the shells announce theirs. */
export function say(step: string): void {
  console.log(`==> ${step}`)
}
