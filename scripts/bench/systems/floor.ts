/** The floor: what the chain can do when nothing has to be decided any more. */
import { type SignedMint, deliver, signMints } from '../chain/reports'
import type { StartSystem } from './system'

export const startFloor: StartSystem = async ({ environment, chain, name }) => {
  const { deployment, donFile } = environment
  let lanes: SignedMint[][] = []
  let cell = 0
  return {
    async prepare(shape, accountOf) {
      const label = `${name} ${++cell}`
      lanes = await signMints({ rpc: chain.rpc, deployment, donFile, shape, accountOf, label })
    },
    async mint({ lane, round }) {
      const mint = lanes[lane]?.[round]
      if (mint === undefined) throw new Error(`caller ${lane} has no report for round ${round}`)
      return deliver(chain.rpc, deployment, mint)
    },
    stop: async () => undefined,
  }
}
