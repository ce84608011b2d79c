import { expect, test } from 'bun:test'
import { NO_LIMITS, PRODUCTION_LIMITS } from '../host/base/limits'
import { MODE_DON, MODE_NODE } from '../host/base/mode'
import { clip, escapeLine } from '../host/base/text'
import { createWorkflowLog } from '../host/run/workflow-log'

test('text: control and direction characters are written out', () => {
  expect(escapeLine('a\n\u001b[31mred\u0000\u202eb')).toBe('a\\u000a\\u001b[31mred\\u0000\\u202eb')
  expect(escapeLine('Straße 漢字')).toBe('Straße 漢字')
})

test('text: a line is cut on a character boundary', () => {
  expect(clip('aé漢', 10)).toBe('aé漢')
  expect(clip('aé漢', 5)).toBe('aé')
  expect(clip('aé漢', 2)).toBe('a')
})

function book(limits = PRODUCTION_LIMITS) {
  const printed: string[] = []
  const events: string[] = []
  const logs = createWorkflowLog({
    f: 1,
    limits,
    journal: ({ event, node }) => node !== undefined && events.push(`${event} ${node}`),
    print: (line) => printed.push(line),
  })
  const write = (node: string, text: string, mode = MODE_DON, apart = false) => logs.write({ node, mode, text, apart })
  return { write, printed, events }
}

test('workflow log: a DON line is printed once f+1 nodes wrote it', () => {
  const { write, printed } = book()
  write('a', 'one')
  expect(printed).toEqual([])
  for (const node of ['b', 'c', 'd']) write(node, 'one')
  write('a', 'lie')
  write('b', 'two')
  write('c', 'two')
  expect(printed).toEqual(['one', 'two'])
})

test('workflow log: a node line goes to the journal', () => {
  const { write, printed, events } = book()
  write('a', 'mine', MODE_NODE)
  write('b', 'mine', MODE_NODE)
  expect(printed).toEqual([])
  expect(events).toEqual(['guest.log a', 'guest.log b'])
})

test('workflow log: so does a line that is apart from the run', () => {
  const { write, printed, events } = book()
  for (const node of ['a', 'b']) write(node, 'deployed', MODE_DON, true)
  write('a', 'run')
  write('b', 'run')
  expect(printed).toEqual(['run'])
  expect(events).toEqual(['guest.log a', 'guest.log b'])
})

test('workflow log: long lines are cut, and too many dropped', () => {
  const { write, printed, events } = book({ ...NO_LIMITS, logLines: 2, logLineBytes: 4 })
  for (const node of ['a', 'b']) for (const text of ['abcdefgh', '2', '3', '4']) write(node, text)
  expect(printed).toEqual(['abcd', '2'])
  expect(events).toEqual(['limit.hit a', 'limit.hit a', 'limit.hit b', 'limit.hit b'])
})
