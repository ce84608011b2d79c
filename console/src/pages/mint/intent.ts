/** The name of what is wanted with the form that is open in this tab; it outlives a reload. */

const key = 'cre-console-intent'

export function openIntent(): string {
  try {
    return sessionStorage.getItem(key) ?? newIntent()
  } catch {
    return newIntent()
  }
}

export function newIntent(): string {
  const random = crypto.getRandomValues(new Uint32Array(2))
  const name = `console-${[...random].map((part) => part.toString(36)).join('')}`
  try {
    sessionStorage.setItem(key, name)
  } catch {
    // Without storage a reload begins another intent.
  }
  return name
}
