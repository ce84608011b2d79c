import { z } from 'zod'
import { firstIssue } from './errors'

const ADDRESS = /^0x[0-9a-fA-F]{40}$/

/** The longest validity the consumer accepts, in seconds. */
export const MAX_VALIDITY_SECONDS = 15 * 60

const address = z.string().regex(ADDRESS, 'must be 0x followed by 40 hexadecimal digits')

const reserveUrl = z.string().superRefine((url, context) => {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') return
  const found = scheme === undefined ? 'has no scheme' : `is a ${scheme}: URL`
  context.addIssue({
    code: z.ZodIssueCode.custom,
    message: `${found}, but every DON node fetches the reserves itself over http(s); what lies on one machine is no proof of reserve`,
  })
})

const configSchema = z
  .object({
    /** Name of the chain in Chainlink's selector list, for example `anvil-devnet`. */
    chainSelectorName: z.string().min(1),
    stablecoinAddress: address,
    mintingConsumerAddress: address,
    /** Where the nodes read the reserve; `{consumer}` is replaced by the consumer's address. */
    porApiUrl: reserveUrl,
    /** Age limit of the reserve's own time stamp, in seconds. */
    reserveMaxAgeSeconds: z.number().int().min(1).max(86_400),
    /** Validity of a report whose payload names none, in seconds. */
    validitySeconds: z.number().int().min(1).max(MAX_VALIDITY_SECONDS),
    /** Gas limit of the forwarder transaction. */
    gasLimit: z.string().regex(/^[1-9][0-9]{0,8}$/, 'must be a decimal number of gas units'),
    /** `local` stops refused orders before any gas is spent; `onchain` lets the consumer log the refusal. */
    refusals: z.enum(['local', 'onchain']),
    /** When the reserve report is written without any mint (cron with seconds); never, when absent. */
    attestSchedule: z.string().min(9).optional(),
    /** EVM addresses that may fire the HTTP trigger on a DON; locally the run directory decides. */
    authorizedKeys: z.array(address).optional(),
  })
  .strict()

/** The workflow's configuration, the same on every node. */
export type Config = z.infer<typeof configSchema>

/** Parses the configuration bytes; throws one sentence that names the first wrong field. */
export function parseConfig(bytes: Uint8Array): Config {
  const parsed = configSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (!parsed.success) throw new Error(firstIssue(parsed.error))
  return parsed.data
}
