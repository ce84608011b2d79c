import { createSign, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The time in every recorded answer, in whatever precision and zone the dialect writes it. */
const RECORDED_TIME = /"2026-09-21T(?:14|09):13:20[^"]*"/

/** An answer as the dialect's API sends it, from test/fixtures/reserves. */
export function recorded(name: string): string {
  return readFileSync(path.join(import.meta.dir, '../fixtures/reserves', `${name}.json`), 'utf8').trim()
}

/** The recorded text with another time. */
function withTime(body: string, millis: number): string {
  return body.replace(RECORDED_TIME, JSON.stringify(new Date(millis).toISOString()))
}

/** Signs as BitGo does: RSA-SHA256 over exactly the text that goes into `data`. */
export type BitGoSigner = { publicKey: string; envelope: (data: string, rest?: Record<string, unknown>) => string }

/** A signer with a key pair of its own. */
export function createBitGoSigner(): BitGoSigner {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    publicKey,
    envelope(data, rest = { ripcord: false }) {
      const dataSignature = createSign('RSA-SHA256').update(data).sign(privateKey, 'base64')
      return JSON.stringify({ data, dataSignature, ...rest })
    },
  }
}

export type DialectName =
  | 'guide'
  | 'ledgerlens-tusd'
  | 'network-firm-v1'
  | 'network-firm-v2'
  | 'harris-trotter'
  | 'bitgo'
  | 'paxos'
  | 'bridge'

/** A dialect over HTTP as its source speaks it today. */
export type Dialect = {
  /** What the configuration says of the source, beyond what all have. */
  settings: { class: string; dialect: string; publicKey?: string }
  /** The reserve in its recorded answer, in whole units. */
  amount: string
  /** The field that holds the reserve, and how the dialect writes an amount. */
  amountField: string
  write: (amount: string) => string
  /** The field that holds the time, where there is one. */
  timeField?: string
  /** Whether the dialect always sends a ripcord. */
  ripcord: boolean
  /** The recorded text that holds the reserve and the time. */
  figures: string
  /** Makes the answer of that text, which some dialect signs. */
  wrap: (figures: string) => string
  /** What is answered to other requests of the dialect, by the end of their URL. */
  beside?: Record<string, string>
}

const bare = (figures: string): string => figures
const asNumber = (amount: string): string => amount
const asText = (amount: string): string => JSON.stringify(amount)

/** Every dialect over HTTP, by name. */
export function dialectsOf(bitGo: BitGoSigner): Record<DialectName, Dialect> {
  const attestor = { amountField: 'totalReserve', write: asNumber, timeField: 'timestamp', ripcord: true, wrap: bare }
  return {
    guide: {
      settings: { class: 'custodian', dialect: 'guide' },
      amount: '1000000',
      amountField: 'totalReserve',
      write: asNumber,
      timeField: 'lastUpdated',
      ripcord: false,
      figures: recorded('guide'),
      wrap: bare,
    },
    'ledgerlens-tusd': {
      ...attestor,
      settings: { class: 'auditor', dialect: 'ledgerlens-tusd' },
      amount: '3117000000.45',
      amountField: 'totalTrust',
      timeField: 'updatedAt',
      figures: recorded('ledgerlens-tusd'),
    },
    'network-firm-v1': {
      ...attestor,
      settings: { class: 'auditor', dialect: 'network-firm-v1' },
      amount: '72178807.56',
      figures: recorded('network-firm-v1'),
    },
    'network-firm-v2': {
      ...attestor,
      settings: { class: 'auditor', dialect: 'network-firm-v2' },
      amount: '965051.85',
      amountField: 'totalReserves',
      write: asText,
      figures: recorded('network-firm-v2'),
    },
    'harris-trotter': {
      ...attestor,
      settings: { class: 'auditor', dialect: 'harris-trotter' },
      amount: '999999.99',
      figures: recorded('harris-trotter'),
    },
    bitgo: {
      settings: { class: 'custodian', dialect: 'bitgo', publicKey: bitGo.publicKey },
      amount: '12345678.90',
      amountField: 'totalReserve',
      write: asText,
      timeField: 'lastUpdated',
      ripcord: true,
      figures: recorded('bitgo-data'),
      wrap: (data) => bitGo.envelope(data),
    },
    paxos: {
      settings: { class: 'auditor', dialect: 'paxos' },
      amount: '922265979.98',
      amountField: 'amount',
      write: asText,
      timeField: 'lastAttestedAt',
      ripcord: false,
      figures: recorded('paxos'),
      wrap: bare,
    },
    bridge: {
      settings: { class: 'custodian', dialect: 'bridge' },
      amount: '10000000.75',
      amountField: 'amount',
      write: asText,
      ripcord: false,
      figures: recorded('bridge-reserves'),
      wrap: bare,
      beside: { '/supply': recorded('bridge-supply') },
    },
  }
}

/** What the source answers at a URL now, after `edit` has changed its figures. */
export function answerOf(dialect: Dialect, params: { url: string; edit?: (figures: string) => string }): string {
  const { url, edit = bare } = params
  for (const [end, body] of Object.entries(dialect.beside ?? {})) if (url.endsWith(end)) return body
  return dialect.wrap(edit(withTime(dialect.figures, Date.now())))
}
