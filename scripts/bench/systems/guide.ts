/** The integration guide's design, see express/server.ts. */
import { join } from 'node:path'
import { startServer } from './server'
import type { StartSystem } from './system'

export const startGuide: StartSystem = (site) =>
  startServer(site, {
    name: 'express',
    program: join(import.meta.dir, '../express/server.ts'),
    settings: { WORKFLOW_DIR: site.environment.workflowCopy(site.name) },
  })
