/** Where things are. */
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dir, '../..')
export const workflowDir = join(root, 'bank-stablecoin-por-ace-ccip-workflow')
/** The chain that tests and benchmarks start from; scripts/test-fixture.sh makes it. */
export const fixtureDir = join(root, 'target/fixture')
/** What the local stack keeps between starts. */
export const localDir = resolve(root, process.env.LOCAL_DIR || '.local')
