/** Compares an answer with the one that a page prints, which may leave out what differs each time. */

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null

/** Stands for any text. */
const anything = '…'
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
/** Members whose number depends on what happened before. */
const counted = new Set(['blockNumber'])

/** Sentences about what differs; none when the answer is as printed. */
export function differences(printed: Json, answer: Json, path = ''): string[] {
  const differs = [`${path || 'the answer'} is ${JSON.stringify(answer)}, printed is ${JSON.stringify(printed)}`]
  if (typeof printed === 'string') {
    if (typeof answer !== 'string') return differs
    const isEqual = time.test(printed) ? time.test(answer) : patternOf(printed).test(answer)
    return isEqual ? [] : differs
  }
  if (typeof printed === 'number' && counted.has(path.slice(path.lastIndexOf('.') + 1))) {
    return typeof answer === 'number' ? [] : differs
  }
  if (typeof printed !== 'object' || printed === null) return printed === answer ? [] : differs
  if (typeof answer !== 'object' || answer === null || Array.isArray(printed) !== Array.isArray(answer)) return differs
  const [was, is] = [printed as Record<string, Json>, answer as Record<string, Json>]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name) => {
    const [before, now] = [was[name], is[name]]
    const where = path === '' ? name : `${path}.${name}`
    if (before === undefined) return [`${where} is answered, but not printed`]
    if (now === undefined) return [`${where} is printed, but not answered`]
    return differences(before, now, where)
  })
}

function patternOf(printed: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${printed.split(anything).map(literal).join('.+')}$`, 's')
}
