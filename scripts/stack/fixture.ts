/** The chain that the tests start from, behind `scripts/test-fixture.sh`: deploys on a new Anvil and keeps its state. */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { runScript } from '../lib/cli'
import { ensureDonKeys } from '../lib/don-keys'
import { fixtureDir } from '../lib/paths'
import { freePort } from '../lib/ports'
import { stopAll } from '../lib/process'
import { fund, startChain } from './chain'
import { ensureDeployment } from './deploy'
import { localParts } from './settings'

/** Long enough that a test sees what is scheduled, short enough that it can wait for it. */
const TIMELOCK_DELAY_SECONDS = '2'

async function makeFixture(): Promise<void> {
  const parts = localParts({ folder: fixtureDir, chainPort: await freePort(), reservePort: 0 })
  try {
    const keys = ensureDonKeys(fixtureDir)
    const rpc = await startChain(parts)
    await ensureDeployment(rpc, parts, keys, { TIMELOCK_DELAY_SECONDS })
    await fund(rpc, keys.transmitters)
  } finally {
    await stopAll()
  }
  renameSync(parts.stateFile, join(fixtureDir, 'state.json'))
  renameSync(parts.deploymentRecord, join(fixtureDir, '31337.json'))
}

await runScript(makeFixture)
