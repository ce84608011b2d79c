// Parses the workflow's configuration.
import { z } from 'zod'
import { WorkflowFailure, firstIssue } from '../base/errors'
import { addressText as address, namesStablecoin, reserveUrl, reservesSchema } from './reserve-sources'
import { parseSchedule } from './schedule'

/** The longest validity the consumer accepts, in seconds. */
export const MAX_VALIDITY_SECONDS = 15 * 60

const ONE_BASKET =
  'must contain {stablecoin}: one reserve backs one basket; a source that knows one basket only is listed in reserves, with the stablecoin that it backs'

const EVERY_DAY = 'must be a cron schedule with seconds that is the same every day (UTC), for example 0 */15 * * * *'
const isDaily = (text: string): boolean => parseSchedule(text) !== undefined

const configSchema = z
  .object({
    /** Name of the chain in Chainlink's selector list, for example `anvil-devnet`. */
    chainSelectorName: z.string().min(1),
    /** The factory whose baskets are minted and attested; a request names which. */
    basketFactory: address,
    /** One reserve source in the guide's format; `{stablecoin}` in it asks for the basket's own account. */
    porApiUrl: reserveUrl.refine(namesStablecoin, ONE_BASKET).optional(),
    /** Several sources, or other formats than the guide's; in the place of `porApiUrl`. */
    reserves: z.lazy(reservesSchema).optional(),
    /** Age limit of the time stamp behind `porApiUrl`, in seconds; each of `reserves` has its own. */
    reserveMaxAgeSeconds: z.number().int().min(1).max(86_400),
    /** Validity of a report whose payload names none, in seconds. */
    validitySeconds: z.number().int().min(1).max(MAX_VALIDITY_SECONDS),
    /** Gas limit of the forwarder transaction. */
    gasLimit: z.string().regex(/^[1-9][0-9]{0,8}$/, 'must be a decimal number of gas units'),
    /** `local` stops refused orders before any gas is spent; `onchain` lets the consumer log the refusal. */
    refusals: z.enum(['local', 'onchain']),
    /** When a reserve is attested without any mint, each time that of the factory's next basket; never, when absent. */
    attestSchedule: z.string().refine(isDaily, EVERY_DAY).optional(),
    /** EVM addresses that may fire the HTTP trigger on a DON; locally the run directory decides. */
    authorizedKeys: z.array(address).optional(),
  })
  .strict()
  .superRefine(({ porApiUrl, reserves }, context) => {
    if ((porApiUrl === undefined) !== (reserves === undefined)) return
    const found = porApiUrl === undefined ? 'neither is' : 'both are'
    context.addIssue({
      code: z.ZodIssueCode.custom,
      message: `the reserve comes from porApiUrl or from reserves; ${found} configured`,
    })
  })

/** The workflow's configuration, the same on every node and for every basket. */
export type Config = z.infer<typeof configSchema>

/** Parses the configuration bytes; throws one sentence that names the first wrong field. */
export function parseConfig(bytes: Uint8Array): Config {
  const parsed = configSchema.safeParse(jsonOf(bytes))
  if (!parsed.success) throw new WorkflowFailure(firstIssue(parsed.error))
  return parsed.data
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new WorkflowFailure('the configuration is not JSON')
  }
}
