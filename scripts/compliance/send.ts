/** Sends one call after another, or with `--dry-run` shows them and asks the chain whether each would pass. */
import { BaseError, createWalletClient, encodeFunctionData, http } from 'viem'
import type { Call } from './call'
import type { ComplianceContext } from './context'
import { UsageError } from './input'

export async function sendAll(context: ComplianceContext, calls: Call[]): Promise<void> {
  if (calls.length === 0) console.log('nothing to change: it is so already')
  for (const call of calls) {
    const data = encodeFunctionData(call)
    if (context.dryRun) {
      console.log(`would ${call.what}\n    to   ${call.to}\n    data ${data}`)
      if (!call.needsPrevious && context.officer !== undefined) await tryCall(context, call)
      continue
    }
    if (context.officer === undefined) {
      throw new UsageError(
        "set COMPLIANCE_KEY to the officer's private key, or use --dry-run to get the calls for a wallet of your own",
      )
    }
    await tryCall(context, call)
    const wallet = createWalletClient({ account: context.officer, transport: http(context.rpcUrl) })
    const hash = await wallet.sendTransaction({ to: call.to, data, chain: null })
    const receipt = await context.chain.waitForTransactionReceipt({ hash, pollingInterval: 100 })
    if (receipt.status !== 'success')
      throw new UsageError(`the chain refused to ${call.what}: transaction ${hash} reverted`)
    console.log(`${call.what}: done in ${hash}`)
  }
}

/** The chain's own answer before anything is sent, so that a refusal costs no gas and has a reason. */
async function tryCall(context: ComplianceContext, { what, to, abi, functionName, args }: Call): Promise<void> {
  const account = context.officer
  await context.chain.simulateContract({ address: to, abi, functionName, args, account }).catch((error: unknown) => {
    const reason = error instanceof BaseError ? error.shortMessage : String(error)
    throw new UsageError(`the chain would refuse to ${what} for ${account?.address}: ${reason}`)
  })
}
