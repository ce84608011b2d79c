/** Keys that sign whatever a test wants, without the signer's say. */
import type { Hex } from 'viem'
import { privateKeyToAccount, sign } from 'viem/accounts'
import { type SignableReport, reportDigest } from '../../host/chain/report'
import type { Transmitter } from '../../host/chain/transaction'
import { type DonFile, readTransmitters } from '../../host/don/don-file'

/** The transmitter of a slot. */
export function transmitterAt(params: { donFile: string; don: DonFile; slot: number }): Transmitter {
  const entry = readTransmitters(params)[params.slot]
  if (entry === undefined) throw new Error(`there is no transmitter ${params.slot}`)
  const account = privateKeyToAccount(entry.privateKey)
  return { address: account.address, sign: (call) => account.signTransaction({ type: 'eip1559', ...call }) }
}

/** A node's signature over any report. */
export function signAnything(privateKey: Hex): (report: SignableReport) => Promise<Hex> {
  return (report) => sign({ hash: reportDigest(report), privateKey, to: 'hex' })
}
