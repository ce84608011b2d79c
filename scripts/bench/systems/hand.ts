/** A server by hand, see hand/server.ts. */
import { join } from 'node:path'
import { startServer } from './server'
import type { StartSystem } from './system'

export const startHand: StartSystem = (site) =>
  startServer(site, {
    name: 'server by hand',
    program: join(import.meta.dir, '../hand/server.ts'),
    settings: { RESERVE_URL: site.environment.reserveUrl, DEPLOYMENT: site.environment.deploymentFile },
  })
