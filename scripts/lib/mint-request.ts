/** `POST /mint` as the integration guide has it. */
import type { Address, Hex } from 'viem'

export interface MintOrder {
  beneficiary: string
  /** Whole tokens. */
  amount: string
  stablecoin: Address
  consumer: Address
}

export interface MintAnswer {
  success?: boolean
  mintTx?: Hex
  /** The gateway's; the guide's own server has none. */
  mintId?: string
  error?: string
}

export interface MintReply {
  httpStatus: number
  text: string
  answer: MintAnswer
}

export async function postMint(
  backend: string,
  { beneficiary, amount, stablecoin, consumer }: MintOrder,
): Promise<MintReply> {
  const order = { beneficiary, amount, stablecoinAddress: stablecoin, mintingConsumerAddress: consumer }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${backend}/mint`, { method: 'POST', headers, body: JSON.stringify(order) })
  const text = await response.text()
  return { httpStatus: response.status, text, answer: parsed(text) }
}

function parsed(text: string): MintAnswer {
  try {
    return JSON.parse(text) as MintAnswer
  } catch {
    return {}
  }
}
