/** How the answers of a reserve source go bad: each mutation is one malformed answer with a name. */

/** A malformed answer; `word` is the reason it has to be refused with, where it is worth pinning. */
export type Malformed = { name: string; body: string; word?: string }

/** What a dialect promises about a field; `main` marks the reserve itself. */
export type FieldKind = 'amount-number' | 'amount-string' | 'amount-either' | 'time' | 'text' | 'ripcord' | 'details'
export type FieldSpec = { name: string; kind: FieldKind; main?: boolean }

type Variant = [label: string, value: string | undefined, word?: string]

const WRONG_TYPES: Variant[] = [
  ['missing', undefined],
  ['null', 'null', 'FIELD_TYPE'],
  ['a boolean', 'true'],
  ['a list', '[1]'],
  ['an object', '{"value":1}'],
]

/** Texts that are no amount; in quotes they are wrong type or unreadable, bare they are no JSON or wrong type. */
const NO_AMOUNTS: Variant[] = [
  ['empty text', '""'],
  ['words', '"plenty"'],
  ['NaN as text', '"NaN"'],
  ['NaN', 'NaN', 'NOT_JSON'],
  ['Infinity', 'Infinity', 'NOT_JSON'],
  ['infinity as text', '"Infinity"'],
  ['thousands separators', '"1,000,000.00"'],
  ['a currency sign', '"$1000000"'],
  ['hexadecimal', '"0xF4240"'],
  ['a leading space', '" 1000000"'],
  ['a leading plus', '"+1000000"'],
  ['two points', '"1.000.000"'],
  ['a huge exponent', '"1e999"'],
  ['a huge bare exponent', '1e999'],
  ['a leading zero', '01', 'NOT_JSON'],
  ['a bare point', '.5', 'NOT_JSON'],
  ['negative text', '"-1000000.00"'],
  ['negative', '-1000000.00'],
  ['negative zero', '-0'],
]

const NO_TIMES: Variant[] = [
  ['a number', '1790000000', 'FIELD_TYPE'],
  ['empty', '""', 'FIELD_TYPE'],
  ['words', '"yesterday"', 'TIME_UNREADABLE'],
  ['without a zone', '"2026-09-21T14:13:20"', 'TIME_UNREADABLE'],
  ['a date only', '"2026-09-21"', 'TIME_UNREADABLE'],
  ['an impossible month', '"2026-13-21T14:13:20Z"', 'TIME_UNREADABLE'],
  ['an impossible day', '"2026-02-30T14:13:20Z"', 'TIME_UNREADABLE'],
  ['an impossible hour', '"2026-09-21T25:13:20Z"', 'TIME_UNREADABLE'],
  ['as HTTP writes it', '"Mon, 21 Sep 2026 14:13:20 GMT"', 'TIME_UNREADABLE'],
  ['seconds as text', '"1790000000"', 'TIME_UNREADABLE'],
  ['an hour ahead', '"2026-09-21T15:13:20Z"', 'IN_THE_FUTURE'],
  ['a thousand years ahead', '"3026-09-21T14:13:20Z"', 'IN_THE_FUTURE'],
  ['a day old', '"2026-09-20T14:13:20Z"', 'TOO_OLD'],
  ['the epoch', '"1970-01-01T00:00:00Z"', 'TOO_OLD'],
]

const RIPCORDS: Variant[] = [
  ['pulled', 'true', 'RIPCORD_PULLED'],
  ['missing', undefined, 'RIPCORD_UNREADABLE'],
  ['null', 'null', 'RIPCORD_UNREADABLE'],
  ['text', '"false"', 'RIPCORD_UNREADABLE'],
  ['zero', '0', 'RIPCORD_UNREADABLE'],
  ['empty text', '""', 'RIPCORD_UNREADABLE'],
  ['a list', '[]', 'RIPCORD_UNREADABLE'],
  ['an object', '{}', 'RIPCORD_UNREADABLE'],
]

const DETAILS: Variant[] = [
  ['missing', undefined, 'FIELD_MISSING'],
  ['null', 'null', 'FIELD_TYPE'],
  ['text', '"none"', 'FIELD_TYPE'],
]

function variantsOf({ kind, main }: FieldSpec): Variant[] {
  switch (kind) {
    case 'ripcord':
      return RIPCORDS
    case 'details':
      return DETAILS
    case 'time':
      return [...WRONG_TYPES, ...NO_TIMES]
    case 'text':
      return [...WRONG_TYPES, ['empty', '""', 'FIELD_TYPE'], ['a number', '7', 'FIELD_TYPE']]
    default: {
      const form = kind.slice('amount-'.length)
      const otherForm: Variant[] =
        form === 'number'
          ? [['a string', '"1000000"', 'FIELD_TYPE']]
          : form === 'string'
            ? [['a number', '1000000', 'FIELD_TYPE']]
            : []
      const zero = form === 'string' ? '"0.00"' : '0.00'
      const huge = form === 'string' ? `"${'9'.repeat(40)}"` : '9'.repeat(40)
      const ofMain: Variant[] = [
        ['zero', zero, 'AMOUNT_ZERO'],
        ['absurd', huge, 'AMOUNT_TOO_LARGE'],
      ]
      return [...WRONG_TYPES, ...NO_AMOUNTS, ...otherForm, ...(main === true ? ofMain : [])]
    }
  }
}

/** All malformed answers of one happy one: broken texts, and each field gone bad in every way of its kind. */
export function mutationsOf(happy: string, fields: FieldSpec[]): Malformed[] {
  const ofFields = fields.flatMap((spec) =>
    variantsOf(spec).map(
      ([label, value, word]): Malformed => ({
        name: `${spec.name} ${label}`,
        body: withField(happy, spec.name, value),
        ...(word === undefined ? {} : { word }),
      }),
    ),
  )
  const twice = fields.map(
    ({ name }): Malformed => ({
      name: `${name} twice`,
      body: withTwice(happy, name),
      word: 'NOT_JSON',
    }),
  )
  return [...brokenTexts(happy), ...ofFields, ...twice]
}

/** Answers that are not the JSON object they have to be. */
export function brokenTexts(happy: string): Malformed[] {
  const cut = (share: number): string => happy.slice(0, Math.floor(happy.length * share))
  return [
    { name: 'empty', body: '', word: 'EMPTY_ANSWER' },
    { name: 'blank', body: ' \n\t', word: 'EMPTY_ANSWER' },
    { name: 'a web page', body: '<!doctype html><title>Log in</title>', word: 'HTML_ANSWER' },
    { name: 'a challenge page', body: '\n<html><body>Checking your browser</body></html>', word: 'HTML_ANSWER' },
    { name: 'XML', body: '<?xml version="1.0"?><reserve>1</reserve>', word: 'HTML_ANSWER' },
    { name: 'words', body: 'Service temporarily unavailable', word: 'NOT_JSON' },
    { name: 'null', body: 'null', word: 'FIELD_TYPE' },
    { name: 'a number', body: '1000000', word: 'FIELD_TYPE' },
    { name: 'a text', body: JSON.stringify(happy), word: 'FIELD_TYPE' },
    { name: 'a list', body: `[${happy}]`, word: 'FIELD_TYPE' },
    { name: 'an error with status 200', body: '{"error":"internal","code":500}' },
    { name: 'an empty object', body: '{}' },
    { name: 'wrapped', body: `{"data":${happy}}` },
    { name: 'two objects', body: `${happy}${happy}`, word: 'NOT_JSON' },
    { name: 'a trailing comma', body: happy.trim().replace(/\}$/, ',}'), word: 'NOT_JSON' },
    { name: 'single quotes', body: happy.replaceAll('"', "'"), word: 'NOT_JSON' },
    { name: 'a comment', body: `/* audited */${happy}`, word: 'NOT_JSON' },
    { name: 'a callback', body: `callback(${happy})`, word: 'NOT_JSON' },
    {
      name: 'nested too deep',
      body: `{"a":${'['.repeat(40)}${']'.repeat(40)},${happy.trim().slice(1)}`,
      word: 'NOT_JSON',
    },
    { name: 'a raw line break in a text', body: `{"note":"a\nb",${happy.trim().slice(1)}`, word: 'NOT_JSON' },
    ...[0.2, 0.5, 0.8, 0.95].map((share) => ({ name: `cut at ${share * 100} %`, body: cut(share), word: 'TRUNCATED' })),
  ]
}

/** The text with one top-level or nested field replaced, or removed. */
export function withField(happy: string, name: string, value: string | undefined): string {
  const field = fieldPattern(name)
  if (!field.test(happy)) throw new Error(`${name} is not in ${happy}`)
  if (value !== undefined) return happy.replace(field, () => `"${name}":${value}`)
  return happy.replace(field, '').replace('{,', '{').replace(',,', ',').replace(',}', '}')
}

function withTwice(happy: string, name: string): string {
  const found = fieldPattern(name).exec(happy)?.[0]
  if (found === undefined) throw new Error(`${name} is not in ${happy}`)
  return happy.replace(found, () => `${found},${found}`)
}

/** `"name":value`, where the value is a scalar, or a list or object without a bracket of its own kind inside. */
function fieldPattern(name: string): RegExp {
  return new RegExp(`"${name}":(?:"(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\]|\\{[^}]*\\}|[^,}\\]]+)`)
}
