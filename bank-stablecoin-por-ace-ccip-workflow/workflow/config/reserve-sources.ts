// Parses the configuration of the reserve sources.
import { z } from 'zod'
import { messageOf } from '../base/errors'
import { isOneLine } from '../base/one-line'
import { parsePublicKey } from '../rsa/public-key'
import { checkBudget } from './budget'

const MAX_AGE_SECONDS = 45 * 86_400
const MAX_WALLETS = 100
/** Multicall3 has this address on every public chain. */
export const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11'

export const addressText = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x followed by 40 hexadecimal digits')
const currency = z.string().regex(/^[A-Z0-9]{2,12}$/, 'must be a currency in capitals, for example USD')
const bps = z.number().int().min(0).max(1_000_000)

/** Schemes that people try; what else stands before a colon may be anything, a key among it. */
const OTHER_SCHEMES = ['file', 'ftp', 'ws', 'wss', 'data', 'ipfs']

/** Stands in a source's URL for the address of the basket's stablecoin. */
export const STABLECOIN_IN_URL = '{stablecoin}'

/** A URL every node can fetch by itself; `{stablecoin}` in it is replaced by the address of the basket's stablecoin. */
export const reserveUrl = z.string().superRefine((url, context) => {
  const problem = (message: string): void => context.addIssue({ code: z.ZodIssueCode.custom, message })
  if (url.includes('{consumer}')) {
    problem('names {consumer}, which can be replaced; a reserve account backs a stablecoin, so write {stablecoin}')
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') return
  const known = scheme !== undefined && OTHER_SCHEMES.includes(scheme)
  const found = scheme === undefined ? 'has no scheme' : known ? `is a ${scheme}: URL` : 'is no http(s) URL'
  problem(
    `${found}, but every DON node fetches the reserves itself over http(s); what lies on one machine is no proof of reserve`,
  )
})

/** Whether a URL asks for one basket's account; what stands behind a # is never sent. */
export function namesStablecoin(url: string): boolean {
  return url.split('#')[0]?.includes(STABLECOIN_IN_URL) === true
}

/** What is made when it is first asked for. */
function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined
  return () => (made ??= { value: make() }).value
}

const common = once(() => ({
  /** Names the source in results and refusals. */
  name: z.string().min(1).max(40).refine(isOneLine, 'must be plain text on one line'),
  /** Currency of the source's figures; the basket's own, except where a price feed converts. */
  unit: currency,
  /** Age limit of the source's own time stamp, in seconds. */
  maxAgeSeconds: z.number().int().min(1).max(MAX_AGE_SECONDS),
  /** How far the reserve may rise above the last proof on chain, in basis points of it; a fall is never held back. */
  maxChangeBps: bps.optional(),
  /** The one stablecoin that this reserve backs; required where no `{stablecoin}` in a URL asks for each basket's own. */
  stablecoin: addressText.optional(),
}))

const overHttp = once(() => ({
  ...common(),
  /** Who vouches: whoever holds the assets, an independent auditor, or the issuer itself. */
  class: z.enum(['custodian', 'auditor', 'self-reported']),
  url: reserveUrl,
  /** The figure counts 10^-decimals of the unit (2 = cents); whole units when absent. */
  decimals: z.number().int().min(0).max(36).optional(),
  maxBytes: z.number().int().min(64).max(100_000).default(32_768),
  timeoutMs: z.number().int().min(100).max(10_000).default(5_000),
  /** Whole tokens up to which a self-reported figure counts; required for that class. */
  limit: z.number().int().positive().optional(),
  /** Name of the CRE secret that is sent as `x-api-key`. */
  secret: z.string().min(1).max(64).optional(),
}))

const onChain = once(() => ({
  ...common(),
  class: z.literal('on-chain'),
  /** Chain of the source; the basket's own when absent. */
  chainSelectorName: z.string().min(1).optional(),
  /** Must equal what the contract says, when given. */
  decimals: z.number().int().min(0).max(36).optional(),
}))

const holdings = once(() => ({
  ...onChain(),
  /** What is counted at each address: the native coin, or an ERC-20 token. */
  asset: z.union([z.literal('native'), addressText]),
  /** AggregatorV3 feed of the basket's currency per whole unit; required where the unit is not the basket's. */
  priceFeed: z
    .object({ address: addressText, maxAgeSeconds: z.number().int().min(1).max(MAX_AGE_SECONDS) })
    .strict()
    .optional(),
  /** Multicall3, which reads all balances in few calls. */
  multicall: addressText.default(MULTICALL3),
}))

const publicKey = z.string().superRefine((key, context) => {
  try {
    parsePublicKey(key)
  } catch (error) {
    context.addIssue({ code: z.ZodIssueCode.custom, message: messageOf(error) })
  }
})

const plainDialects = [
  'guide',
  'ledgerlens-tusd',
  'network-firm-v1',
  'network-firm-v2',
  'harris-trotter',
  'paxos',
  'bridge',
] as const

const httpSource = () => z.object({ ...overHttp(), dialect: z.enum(plainDialects) }).strict()
const bitGoSource = () => z.object({ ...overHttp(), dialect: z.literal('bitgo'), publicKey }).strict()
const feedSource = () => z.object({ ...onChain(), dialect: z.literal('aggregator-v3'), address: addressText }).strict()
const listSource = () =>
  z
    .object({
      ...holdings(),
      dialect: z.literal('por-address-list'),
      /** The wallet address manager (IPoRAddressList). */
      address: addressText,
      maxAddresses: z.number().int().min(1).max(MAX_WALLETS).default(50),
    })
    .strict()
const walletSource = () =>
  z
    .object({ ...holdings(), dialect: z.literal('wallets'), addresses: z.array(addressText).min(1).max(MAX_WALLETS) })
    .strict()

const sourceSchema = () =>
  z.discriminatedUnion('dialect', [httpSource(), bitGoSource(), feedSource(), listSource(), walletSource()])

const ruleSchema = () =>
  z.discriminatedUnion('kind', [
    /** Every source holds a part; all of them are needed. */
    z.object({ kind: z.literal('sum') }).strict(),
    /** Every source attests the whole; `required` of them must lie within the tolerance, and the lowest of those counts. */
    z
      .object({ kind: z.literal('agreement'), required: z.number().int().min(1), toleranceBps: bps.max(10_000) })
      .strict(),
  ])

/**
 * Where the reserve of the basket is proved, and how several sources make one figure. Made when a configuration has it:
 * making schemas is most of what this code does before it runs, and the guide's one source needs none of them.
 */
export const reservesSchema = once(() =>
  z
    .object({ currency: currency.default('USD'), rule: ruleSchema(), sources: z.array(sourceSchema()).min(1).max(10) })
    .strict()
    .superRefine(({ currency: basketCurrency, rule, sources }, context) => {
      const problem = (message: string): void => context.addIssue({ code: z.ZodIssueCode.custom, message })
      if (new Set(sources.map(({ name }) => name)).size < sources.length) problem('two sources have the same name')
      if (rule.kind === 'agreement' && rule.required > sources.length) {
        problem(`the rule requires ${rule.required} sources, there are ${sources.length}`)
      }
      for (const source of sources) {
        const asksForEach = 'url' in source && namesStablecoin(source.url)
        if (asksForEach === (source.stablecoin !== undefined)) {
          problem(
            `source ${source.name} must back one basket: either {stablecoin} in its url, or the stablecoin that it backs`,
          )
        }
        const converts = 'priceFeed' in source && source.priceFeed !== undefined
        if (converts === (source.unit === basketCurrency)) {
          problem(
            `source ${source.name} counts ${source.unit}, the basket ${basketCurrency}; a price feed is for other units, and the only way to use them`,
          )
        }
        const limited = 'limit' in source && source.limit !== undefined
        if (limited !== (source.class === 'self-reported')) {
          problem(
            `source ${source.name} is ${source.class}: a limit is required for self-reported figures, and only there`,
          )
        }
      }
      const excess = checkBudget(sources)
      if (excess !== undefined) problem(excess)
    }),
)

export type ReservesConfig = z.infer<ReturnType<typeof reservesSchema>>
export type SourceConfig = ReservesConfig['sources'][number]
export type HttpSource = z.infer<ReturnType<typeof httpSource>> | z.infer<ReturnType<typeof bitGoSource>>
export type FeedSource = z.infer<ReturnType<typeof feedSource>>
export type ListSource = z.infer<ReturnType<typeof listSource>>
export type WalletSource = z.infer<ReturnType<typeof walletSource>>
export type ReserveRule = ReservesConfig['rule']
