// Reads the DON's keys and chains from disk.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Address, type Hex, concat, keccak256, numberToHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { HostError } from '../base/errors'
import type { ChainSettings } from '../chain/chain'
import type { WorkflowIdentity } from './identity'

const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'is no address')
  .transform((text) => text as Address)
const keySchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'is no 32 byte key')
  .transform((text) => text as Hex)

const chainSchema = z.object({
  chainSelectorName: z.string().min(1),
  chainSelector: z.string().regex(/^\d+$/).optional(),
  chainId: z.number().int().positive().optional(),
  rpcUrl: z.string().url(),
  forwarder: addressSchema,
})

const donSchema = z.object({
  version: z.literal(1),
  donId: z.number().int().min(0),
  configVersion: z.number().int().min(0),
  f: z.number().int().min(1),
  workflowOwner: addressSchema,
  workflowName: z.string().min(1),
  nodes: z.array(z.object({ name: z.string().min(1), address: addressSchema, privateKey: keySchema })),
  transmitters: z.string().min(1),
  chains: z.array(chainSchema),
})

const transmittersSchema = z.object({
  version: z.literal(1),
  transmitters: z.array(z.object({ address: addressSchema, privateKey: keySchema })).min(1),
})

/** The DON's keys and chains as they lie on disk. */
export type DonFile = z.infer<typeof donSchema>
export type ChainEntry = z.infer<typeof chainSchema>

/** What everybody may know of the DON. */
export type DonDescription = {
  don: Omit<DonFile, 'nodes'> & { nodes: { name: string; address: Address }[] }
  /** By slot. */
  transmitters: Address[]
  chain: ChainSettings
  configDigest: Hex
  identity: WorkflowIdentity
  /** The workflow's id as people see it. */
  shownId: string
}

/** What the signer alone knows of it. */
export type DonKeys = {
  /** By the node's name. */
  nodes: Map<string, Hex>
  /** By slot. */
  transmitters: Hex[]
}

/** Sets the keys apart from the rest. */
export function separateKeys(params: {
  don: DonFile
  transmitters: { address: Address; privateKey: Hex }[]
}): { keys: DonKeys } & Pick<DonDescription, 'don' | 'transmitters' | 'configDigest'> {
  const { don, transmitters } = params
  return {
    keys: {
      nodes: new Map(don.nodes.map(({ name, privateKey }) => [name, privateKey])),
      transmitters: transmitters.map(({ privateKey }) => privateKey),
    },
    don: { ...don, nodes: don.nodes.map(({ name, address }) => ({ name, address })) },
    transmitters: transmitters.map(({ privateKey }) => addressOf(privateKey)),
    configDigest: configDigestOf(don),
  }
}

/** Address of a private key. */
export function addressOf(privateKey: Hex): Address {
  return privateKeyToAddress(privateKey)
}

/** Reads don.json; throws one sentence that names the wrong field, never a value. */
export function readDonFile(file: string): DonFile {
  const don = parseFile({ file, schema: donSchema, hint: 'create it with: bun run host/keys.ts --dir <directory>' })
  if (don.nodes.length <= 3 * don.f) {
    throw new HostError('HOST_ERROR', `${don.nodes.length} nodes cannot tolerate f=${don.f}; more than 3f are needed`)
  }
  const names = new Set(don.nodes.map(({ name }) => name))
  const signers = new Set(don.nodes.map(({ address }) => address.toLowerCase()))
  if (names.size < don.nodes.length || signers.size < don.nodes.length) {
    throw new HostError('HOST_ERROR', 'two nodes of the DON share a name or an address')
  }
  return don
}

/** Reads the transmitters of a DON from the file that don.json names. */
export function readTransmitters(params: { donFile: string; don: DonFile }): { address: Address; privateKey: Hex }[] {
  const file = path.resolve(path.dirname(params.donFile), params.don.transmitters)
  return parseFile({ file, schema: transmittersSchema, hint: 'create it with host/keys.ts' }).transmitters
}

/** The chain that the workflow's configuration names. */
export async function chainOf(params: {
  don: DonFile
  name: string
  rpcUrl: string | undefined
}): Promise<ChainSettings> {
  const entry = params.don.chains.find(({ chainSelectorName }) => chainSelectorName === params.name)
  if (entry === undefined) {
    throw new HostError(
      'CONFIG_REFUSED',
      `chainSelectorName ${params.name} is none of the DON's chains; add it with host/keys.ts --set-chain`,
    )
  }
  const { selector, chainId } = await selectorOf(entry)
  return { name: params.name, selector, chainId, rpcUrl: params.rpcUrl ?? entry.rpcUrl, forwarder: entry.forwarder }
}

/** Selector and chain id of an entry; the SDK's list is loaded only when the file does not say. */
export async function selectorOf(entry: {
  chainSelectorName: string
  chainSelector?: string | undefined
  chainId?: number | undefined
}): Promise<{ selector: bigint; chainId: number }> {
  if (entry.chainSelector !== undefined && entry.chainId !== undefined) {
    return { selector: BigInt(entry.chainSelector), chainId: entry.chainId }
  }
  const { getNetwork } = await import('@chainlink/cre-sdk')
  const { chainSelectorName } = entry
  const network =
    getNetwork({ chainFamily: 'evm', chainSelectorName, isTestnet: true }) ??
    getNetwork({ chainFamily: 'evm', chainSelectorName, isTestnet: false })
  if (network === undefined)
    throw new HostError('CONFIG_REFUSED', `${chainSelectorName} is no EVM chain of the selector list`)
  return { selector: network.chainSelector.selector, chainId: Number(network.chainId) }
}

/** The digest a report context carries: it names this DON and its signers. */
export function configDigestOf(don: DonDescription['don'] | DonFile): Hex {
  const numbers = [don.donId, don.configVersion, don.f].map((value) => numberToHex(value, { size: 4 }))
  return keccak256(concat([...numbers, ...don.nodes.map(({ address }) => address)]))
}

function parseFile<Schema extends z.ZodTypeAny>(params: {
  file: string
  schema: Schema
  hint: string
}): z.output<Schema> {
  const { file, schema, hint } = params
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT'
    if (missing) throw new HostError('HOST_ERROR', `${file} does not exist; ${hint}`)
    if (error instanceof SyntaxError) throw new HostError('HOST_ERROR', `${file} is not JSON`)
    throw new HostError('FILES_UNAVAILABLE', `${file} cannot be read`)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new HostError('HOST_ERROR', `${file}: ${issue?.path.join('.')} ${issue?.message}`)
}
