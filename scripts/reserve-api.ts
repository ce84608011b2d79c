/**
 * The local reserve API: serves `mock-por-response.json` as a bank's API would, over HTTP, in three formats:
 * `GET /reserves/{stablecoin}` (the guide's), `/ledgerlens/{stablecoin}` and `/bitgo/{stablecoin}` (signed; key at
 * `/bitgo/public-key`). Each basket has an account of its own, named by its stablecoin; anything that is not an address
 * is a 404, "no reserve is assigned". The time stamp is now.
 *
 * `POST /scenario {"name":"stale","reserve":"500000"}` changes what it plays, for demonstrations and tests; see
 * scripts/reserve-scenario.sh. It listens on loopback only.
 * Environment: `RESERVE_API_PORT` (default 3002), `MOCK_FILE` (read anew on each request, so edits show at once).
 */
import { join } from 'node:path'
import { workflowDir } from './lib/paths'
import { createBitGo, guideAnswer, ledgerLensAnswer } from './reserve-api/formats'
import { type Figures, type Scenario, createLiar, figuresOf, parseScenario } from './reserve-api/scenario'

const port = Number(process.env.RESERVE_API_PORT || 3002)
const mockFile = process.env.MOCK_FILE ?? join(workflowDir, 'mock-por-response.json')

interface ReserveAccount {
  accountName: string
  totalReserve: string | number
}

const bitGo = createBitGo()
let scenario: Scenario = { name: 'healthy' }
let isLiedTo = createLiar()

/** Answers for one basket as the scenario says; a 404 for what is no address. */
async function serve(
  format: string,
  stablecoin: string,
  answer: (figures: Figures, account: { accountName: string }) => Response,
): Promise<Response> {
  if (!/^0x[0-9a-fA-F]{40}$/.test(stablecoin)) {
    return Response.json({ error: `no reserve account is assigned to ${stablecoin}` }, { status: 404 })
  }
  if (scenario.name === 'down') return Response.json({ error: 'out of service' }, { status: 503 })
  const mock = (await Bun.file(mockFile).json()) as ReserveAccount
  const account = `${format} ${stablecoin.toLowerCase()}`
  const lie = scenario.name === 'lying-node' && isLiedTo({ account, nowMillis: Date.now() })
  const figures = figuresOf(scenario, { mockReserve: String(mock.totalReserve), lie })
  return answer(figures, { accountName: `${mock.accountName} ${stablecoin.toLowerCase()}` })
}

async function switchScenario(request: Request): Promise<Response> {
  // A web page cannot send this type without being asked first, so no page can switch what the bank says.
  if (request.headers.get('content-type') !== 'application/json') {
    return Response.json({ error: 'send application/json' }, { status: 415 })
  }
  const parsed = parseScenario(await request.json().catch(() => undefined))
  if (typeof parsed === 'string') return Response.json({ error: parsed }, { status: 400 })
  scenario = parsed
  isLiedTo = createLiar()
  return Response.json({ scenario })
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port,
  routes: {
    '/health': () => Response.json({ status: 'ok' }),
    '/scenario': { GET: () => Response.json({ scenario }), POST: switchScenario },
    '/reserves/:stablecoin': ({ params }) => serve('guide', params.stablecoin, guideAnswer),
    '/ledgerlens/:stablecoin': ({ params }) => serve('ledgerlens', params.stablecoin, ledgerLensAnswer),
    '/bitgo/public-key': () => new Response(bitGo.publicKey),
    '/bitgo/:stablecoin': ({ params }) =>
      serve('bitgo', params.stablecoin, (figures) =>
        bitGo.answer(figures, { forged: scenario.name === 'forged-signature' }),
      ),
  },
  fetch: () => Response.json({ error: 'not found; ask for /reserves/{stablecoin}' }, { status: 404 }),
  error: (error) => Response.json({ error: `the mock cannot be served: ${error.message}` }, { status: 500 }),
})
console.log(`reserve API on ${server.url.origin}/reserves/{stablecoin}`)
