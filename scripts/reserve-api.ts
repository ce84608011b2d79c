/**
 * The local reserve API: serves `mock-por-response.json` as a bank's API would, over HTTP.
 *
 * Each basket has an account of its own, named by its consumer: `GET /reserves/{consumer}` answers the mock's figures
 * with `lastUpdated` set to now; anything that is not a consumer address is a 404, "no reserve is assigned".
 * Environment: `RESERVE_API_PORT` (default 3002), `MOCK_FILE` (read anew on each request, so edits show at once).
 */
const port = Number(process.env.RESERVE_API_PORT ?? 3002);
const mockFile =
  process.env.MOCK_FILE ?? `${import.meta.dir}/../bank-stablecoin-por-ace-ccip-workflow/mock-por-response.json`;

interface ReserveAccount {
  accountName: string;
  totalReserve: string | number;
  lastUpdated: string;
}

async function reserveOf(consumer: string): Promise<ReserveAccount> {
  const mock = (await Bun.file(mockFile).json()) as ReserveAccount;
  return { ...mock, accountName: `${mock.accountName} ${consumer}`, lastUpdated: new Date().toISOString() };
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  routes: {
    "/health": () => Response.json({ status: "ok" }),
    "/reserves/:consumer": async (request) => {
      const consumer = request.params.consumer.toLowerCase();
      if (!/^0x[0-9a-f]{40}$/.test(consumer)) {
        return Response.json({ error: `no reserve account is assigned to ${request.params.consumer}` }, { status: 404 });
      }
      return Response.json(await reserveOf(consumer));
    },
  },
  fetch: () => Response.json({ error: "not found; ask for /reserves/{consumer}" }, { status: 404 }),
  error: (error) => Response.json({ error: `the mock cannot be served: ${error.message}` }, { status: 500 }),
});
console.log(`reserve API on ${server.url.origin}/reserves/{consumer}`);
