// Keeps what a run can show for itself: who observed what, who signed, what it cost and how long it took.
import type { Address, Hex } from 'viem'
import { escapeLine } from '../base/text'

/** How a node behaved, from best to worst; SILENT is one whose endpoint did not answer. */
const CONDUCTS = ['AGREED', 'LATE', 'SILENT', 'DISSENTED', 'FAULTY'] as const
export type Conduct = (typeof CONDUCTS)[number]

/** What the run went through, in the order of the steps. */
export type Step = 'compliance' | 'reserves' | 'consensus' | 'sign' | 'deliver' | 'confirm'

/**
 * What a node said in one round. `code` is AGREED when it is what the DON agreed on (but for the time), DIFFERS when it is
 * not, NO_ANSWER when it had none, OPEN when the DON agreed on nothing, else the node's own word for what is wrong.
 */
export type NodeObservation = { amount?: string; observedAt?: number; code: string }

/** The evidence of a run, as it stands in its last line; times in milliseconds, prices in wei. */
export type Evidence = {
  version: 1
  executionId: Hex
  /** With `local:` in front where it covers the code of this machine, not the binary that a DON runs. */
  workflowId: string
  configDigest: Hex
  f: number
  /** Height of the last block at which the nodes read. */
  block?: number
  /** The report, and the nodes whose signatures it carries. */
  report?: { digest: Hex; signers: number[] }
  nodes: { id: number; signer: Address; conduct: Conduct; observations: NodeObservation[] }[]
  stepsMillis: Partial<Record<Step, number>>
  delivery?: { txHash: Hex; gasUsed?: number; gasPriceWei?: string }
  /** For operators only: names, notes, and who pays. */
  operator?: {
    transmitter: Address
    /** What the transmitter had before the delivery. */
    balanceWei?: string
    nodes: { id: number; name: string; notes: string[] }[]
    accounts: string[]
  }
  /** Whether something was left out for its size. */
  truncated: boolean
}

/** Takes notes during a run. */
export type EvidenceRecord = {
  /** A node's observation as plain data, or that it had none. */
  observed: (node: string, round: string, value: unknown) => void
  /** What the DON agreed on in a round; the round took so long since the first observation. */
  concluded: (round: string, value: unknown) => void
  conduct: (node: string, conduct: Conduct, note: string) => void
  readAt: (block: bigint) => void
  signed: (report: { digest: Hex; nodes: string[] }) => void
  delivered: (delivery: { txHash: Hex; gasUsed?: bigint; gasPriceWei?: bigint; balanceWei?: bigint }) => void
  /** A step took so long; what a step takes in several parts is added up. */
  took: (step: Step, millis: number) => void
  /** A step that ends now and began with the step line before. */
  reached: (step: Step | undefined) => void
  /** All of it, with every text cleaned, and bounded. */
  toEvidence: (clean: (text: string) => string) => Evidence
}

/** At most so much, as JSON. */
export const EVIDENCE_BYTES = 8_000
const MAX_OBSERVATIONS = 10
const MAX_NOTES = 3
const MAX_TEXT = 120
const WORD = /^[A-Z][A-Z0-9_]{0,39}$/
const DIGITS = /^\d{1,78}$/

type Observation = { node: string; round: string; value: unknown }

/** An empty record of a run. */
export function createEvidence(params: {
  nodes: { name: string; address: Address }[]
  f: number
  executionId: Hex
  workflowId: string
  configDigest: Hex
  transmitter: () => Address | undefined
}): EvidenceRecord {
  const { nodes } = params
  const observations: Observation[] = []
  const agreed = new Map<string, unknown>()
  const firstAt = new Map<string, number>()
  const conducts = new Map<string, { conduct: Conduct; notes: string[] }>()
  const steps = new Map<Step, number>()
  let block: bigint | undefined
  let report: Evidence['report']
  let delivery: Evidence['delivery']
  let balance: bigint | undefined
  let last = performance.now()
  const idOf = (node: string): number => nodes.findIndex(({ name }) => name === node)
  const took = (step: Step, millis: number): void => void steps.set(step, (steps.get(step) ?? 0) + millis)

  return {
    observed(node, round, value) {
      if (!firstAt.has(round)) firstAt.set(round, performance.now())
      const count = observations.filter((known) => known.node === node).length
      if (count < MAX_OBSERVATIONS) observations.push({ node, round, value })
    },
    concluded(round, value) {
      agreed.set(round, value)
      const began = firstAt.get(round)
      if (began !== undefined) took('consensus', performance.now() - began)
    },
    conduct(node, conduct, note) {
      const known = conducts.get(node) ?? { conduct: 'AGREED', notes: [] }
      if (CONDUCTS.indexOf(conduct) > CONDUCTS.indexOf(known.conduct)) known.conduct = conduct
      if (known.notes.length < MAX_NOTES) known.notes.push(note)
      conducts.set(node, known)
    },
    readAt: (height) => void (block = height),
    signed: ({ digest, nodes: signers }) => void (report = { digest, signers: signers.map(idOf) }),
    delivered({ txHash, gasUsed, gasPriceWei, balanceWei }) {
      balance = balanceWei
      delivery = {
        txHash,
        ...(gasUsed === undefined ? {} : { gasUsed: Number(gasUsed) }),
        ...(gasPriceWei === undefined ? {} : { gasPriceWei: gasPriceWei.toString() }),
      }
    },
    took,
    reached(step) {
      const now = performance.now()
      // The nodes agree while the reserves are proved; that part is counted by itself.
      const inside = step === 'reserves' ? (steps.get('consensus') ?? 0) : 0
      if (step !== undefined) took(step, Math.max(0, now - last - inside))
      last = now
    },
    toEvidence(clean) {
      // A cut may halve a character, which no JSON parser takes.
      const text = (value: string): string => escapeLine(clean(value)).slice(0, MAX_TEXT).toWellFormed()
      const accounts = new Set(observations.flatMap(({ value }) => accountOf(value)))
      const transmitter = params.transmitter()
      return bounded({
        version: 1,
        executionId: params.executionId,
        workflowId: params.workflowId,
        configDigest: params.configDigest,
        f: params.f,
        ...(block === undefined ? {} : { block: Number(block) }),
        ...(report === undefined ? {} : { report }),
        nodes: nodes.map(({ name, address }, id) => ({
          id,
          signer: address,
          conduct: conducts.get(name)?.conduct ?? 'AGREED',
          observations: observations
            .filter(({ node }) => node === name)
            .map(({ round, value }) => toObservation(value, agreed.get(round))),
        })),
        stepsMillis: Object.fromEntries([...steps].map(([step, millis]) => [step, Math.round(millis)])),
        ...(delivery === undefined ? {} : { delivery }),
        ...(transmitter === undefined
          ? {}
          : {
              operator: {
                transmitter,
                ...(balance === undefined ? {} : { balanceWei: balance.toString() }),
                nodes: nodes.map(({ name }, id) => ({
                  id,
                  name: text(name),
                  notes: (conducts.get(name)?.notes ?? []).map(text),
                })),
                accounts: [...accounts].slice(0, MAX_OBSERVATIONS).map(text),
              },
            }),
        truncated: false,
      })
    },
  }
}

/** Leaves out what is least needed until the rest fits. */
function bounded(evidence: Evidence): Evidence {
  const fits = (candidate: Evidence): boolean => Buffer.byteLength(JSON.stringify(candidate)) <= EVIDENCE_BYTES
  if (fits(evidence)) return evidence
  const { operator: _operator, ...shown } = evidence
  for (const kept of [MAX_OBSERVATIONS, 1, 0]) {
    const nodes = evidence.nodes.map((node) => ({ ...node, observations: node.observations.slice(0, kept) }))
    const shorter: Evidence = { ...shown, nodes, truncated: true }
    if (fits(shorter)) return shorter
  }
  return { ...shown, nodes: [], truncated: true }
}

type Fields = Record<string, unknown>

/** What a node said, without the texts of others; undefined is no answer. */
function toObservation(value: unknown, agreed: unknown): NodeObservation {
  if (value === undefined) return { code: 'NO_ANSWER' }
  const fields = fieldsOf(value)
  const { amount, observedAt, word } = fields
  const seconds = Number(observedAt)
  const own = typeof word === 'string' && WORD.test(word) ? word : undefined
  return {
    ...(typeof amount === 'string' && DIGITS.test(amount) ? { amount } : {}),
    ...(Number.isSafeInteger(seconds) && seconds > 0 ? { observedAt: seconds } : {}),
    code: own ?? (agreed === undefined ? 'OPEN' : sameButTime(fields, fieldsOf(agreed)) ? 'AGREED' : 'DIFFERS'),
  }
}

/** The nodes ask one after another, so a source that stamps its answers stamps each with another time. */
function sameButTime(a: Fields, b: Fields): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  names.delete('observedAt')
  return [...names].every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]))
}

function accountOf(value: unknown): string[] {
  const { accountName } = fieldsOf(value)
  return typeof accountName === 'string' && accountName !== '' ? [accountName] : []
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : { value }
}
