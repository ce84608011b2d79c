import { expect, test } from 'bun:test'
import { NO_LIMITS, PRODUCTION_LIMITS } from '../host/limits'
import { createLogBook } from '../host/log-book'
import { MODE_DON, MODE_NODE } from '../host/protocol'
import { clip, escapeLine } from '../host/text'

test('control and direction characters are written out', () => {
  expect(escapeLine('a\n\u001b[31mred\u0000\u202eb')).toBe('a\\u000a\\u001b[31mred\\u0000\\u202eb')
  expect(escapeLine('Straße 漢字')).toBe('Straße 漢字')
})

test('a line is cut on a character boundary', () => {
  expect(clip('aé漢', 10)).toBe('aé漢')
  expect(clip('aé漢', 5)).toBe('aé')
  expect(clip('aé漢', 2)).toBe('a')
})

function book(limits = PRODUCTION_LIMITS) {
  const printed: string[] = []
  const events: string[] = []
  const logs = createLogBook({
    f: 1,
    limits,
    journal: ({ event, node }) => node !== undefined && events.push(`${event} ${node}`),
    print: (line) => printed.push(line),
  })
  const write = (node: string, text: string, mode = MODE_DON) => logs.write({ node, mode, text })
  return { write, printed, events }
}

test('a DON line is printed once, when f+1 nodes wrote it at the same place', () => {
  const { write, printed } = book()
  write('a', 'one')
  expect(printed).toEqual([])
  for (const node of ['b', 'c', 'd']) write(node, 'one')
  write('a', 'lie')
  write('b', 'two')
  write('c', 'two')
  expect(printed).toEqual(['one', 'two'])
})

test('a node line goes to the journal', () => {
  const { write, printed, events } = book()
  write('a', 'mine', MODE_NODE)
  write('b', 'mine', MODE_NODE)
  expect(printed).toEqual([])
  expect(events).toEqual(['guest.log a', 'guest.log b'])
})

test('long lines are cut, and too many dropped', () => {
  const { write, printed, events } = book({ ...NO_LIMITS, logLines: 2, logLineBytes: 4 })
  for (const node of ['a', 'b']) for (const text of ['abcdefgh', '2', '3', '4']) write(node, text)
  expect(printed).toEqual(['abcd', '2'])
  expect(events).toEqual(['limit.hit a', 'limit.hit a', 'limit.hit b', 'limit.hit b'])
})
