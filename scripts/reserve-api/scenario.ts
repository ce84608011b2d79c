/** What the reserve API plays, switched at run time. */
export const SCENARIOS = ['healthy', 'falling', 'stale', 'ripcord', 'lying-node', 'down', 'forged-signature'] as const

export type ScenarioName = (typeof SCENARIOS)[number]

/** A scenario; `reserve` replaces the mock's figure, in whole units of the currency. */
export interface Scenario {
  name: ScenarioName
  reserve?: string
}

/** Share of the mock that is left when the reserve falls without a figure of its own. */
const FALLEN_DIVISOR = 1_000_000n
const STALE_MILLIS = 24 * 3600 * 1000
const CENTS = 100n

const LIE_FACTOR = 1000n
/**
 * After a lie, everybody who asks for the same account is told the truth for so long. The nodes of one run whose answers
 * count ask within the longest request (10 seconds) and the DON's patience (20.5 seconds) of the first of them, so no
 * run hears two lies, however many runs there are at once and however long the DON's processes live.
 */
export const LIE_PAUSE_MILLIS = 35_000

/** Reads a scenario from a request body; a sentence when it is none. */
export function parseScenario(body: unknown): Scenario | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'send a JSON object with a name'
  const { name, reserve, ...rest } = body as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return `unknown field ${unknown}; a scenario has a name and may have a reserve`
  const known = SCENARIOS.find((scenario) => scenario === name)
  if (known === undefined) return `unknown scenario; choose one of ${SCENARIOS.join(', ')}`
  if (reserve === undefined) return { name: known }
  if (typeof reserve !== 'string' || !/^\d{1,30}(\.\d{1,2})?$/.test(reserve)) {
    return 'reserve must be a decimal string with at most two decimals, for example "500000.00"'
  }
  return { name: known, reserve }
}

/** Figures of one answer: the reserve as a decimal string, the time as ISO 8601, and the emergency stop. */
export interface Figures {
  reserve: string
  observedAt: string
  ripcord: boolean
}

/** Whether the request that comes now is lied to. */
export type Liar = (request: { account: string; nowMillis: number }) => boolean

/** Nothing in a request tells one node from another, or one run from another, so a liar waits long enough instead. */
export function createLiar(): Liar {
  const lastLies = new Map<string, number>()
  return ({ account, nowMillis }) => {
    const last = lastLies.get(account)
    if (last !== undefined && nowMillis - last < LIE_PAUSE_MILLIS) return false
    lastLies.set(account, nowMillis)
    return true
  }
}

/** The figures that the scenario gives now; with `lie`, a thousandfold of the reserve. */
export function figuresOf(scenario: Scenario, params: { mockReserve: string; lie: boolean }): Figures {
  const base = cents(scenario.reserve ?? params.mockReserve)
  const fallen = scenario.name === 'falling' && scenario.reserve === undefined
  const amount = fallen ? base / FALLEN_DIVISOR : params.lie ? base * LIE_FACTOR : base
  const at = Date.now() - (scenario.name === 'stale' ? STALE_MILLIS : 0)
  return {
    reserve: `${amount / CENTS}.${String(amount % CENTS).padStart(2, '0')}`,
    observedAt: new Date(at).toISOString(),
    ripcord: scenario.name === 'ripcord',
  }
}

function cents(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole) * CENTS + BigInt(fraction.padEnd(2, '0').slice(0, 2))
}
