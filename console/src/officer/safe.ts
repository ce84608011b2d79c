/** Calls as a batch for the Transaction Builder of a Safe, which imports such files. */
import type { PreparedCall } from './prepared'

export function safeBatch(calls: PreparedCall[], chainId: number, at: number): string {
  return JSON.stringify(
    {
      version: '1.0',
      chainId: String(chainId),
      createdAt: at,
      meta: { name: 'cre-backend', description: calls.map(({ what }) => what).join('; ') },
      transactions: calls.map(({ to, data }) => ({
        to,
        value: '0',
        data,
        contractMethod: null,
        contractInputsValues: null,
      })),
    },
    null,
    2,
  )
}
