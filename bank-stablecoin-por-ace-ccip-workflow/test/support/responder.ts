import { type Address, type Hex, keccak256 } from 'viem'
import type { TestChain } from './fixture'

/** Puts a contract at an address that answers calls as listed and reverts otherwise. */
export async function install(chain: TestChain, address: Address, answers: Record<Hex, Hex>): Promise<void> {
  await chain.rpc('anvil_setCode', [address, responderCode(answers)])
}

const word = (value: number): string => value.toString(16).padStart(4, '0')

/**
 * EVM code: for each entry compare keccak256(call data) with the expected one and jump to the code that copies the answer
 * out of the code itself.
 */
function responderCode(answers: Record<Hex, Hex>): Hex {
  const entries = Object.entries(answers).map(([call, answer]) => ({
    hash: keccak256(call as Hex).slice(2),
    answer: answer.slice(2),
  }))
  // CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY CALLDATASIZE PUSH0 KECCAK256
  const head = '365f5f37365f20'
  // DUP1 PUSH32 hash EQ PUSH2 target JUMPI
  const branchBytes = 1 + 33 + 1 + 3 + 1
  // JUMPDEST PUSH2 length PUSH2 offset PUSH0 CODECOPY PUSH2 length PUSH0 RETURN
  const blockBytes = 1 + 3 + 3 + 1 + 1 + 3 + 1 + 1
  // PUSH0 PUSH0 REVERT
  const tail = '5f5ffd'
  const blocksAt = head.length / 2 + entries.length * branchBytes + tail.length / 2
  let dataAt = blocksAt + entries.length * blockBytes
  let branches = ''
  let blocks = ''
  let data = ''
  for (const [index, { hash, answer }] of entries.entries()) {
    const length = word(answer.length / 2)
    branches += `807f${hash}1461${word(blocksAt + index * blockBytes)}57`
    blocks += `5b61${length}61${word(dataAt)}5f3961${length}5ff3`
    data += answer
    dataAt += answer.length / 2
  }
  return `0x${head}${branches}${tail}${blocks}${data}`
}
