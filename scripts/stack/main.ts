/**
 * The local stack behind `scripts/start-backend.sh`: embedded chain, contracts, DON keys, reserve API and backend.
 * It owns these processes: a signal, or the end of any one of them, stops them all in order.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fund, startChain } from "./chain";
import { firstExit, logFile, start, stopAll, stopLeftover, until } from "./children";
import { connectDon, type Deployment, ensureDeployment, ensureKeys } from "./deploy";
import { root, settings, workflowDir } from "./settings";

async function ok(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
}

async function startReserveApi(): Promise<void> {
  const { port } = new URL(settings.reserveApiUrl);
  await stopLeftover("reserve-api", Number(port));
  start({
    name: "reserve-api",
    command: process.execPath,
    args: ["run", "--no-install", join(root, "scripts/reserve-api.ts")],
    env: { RESERVE_API_PORT: port },
    output: "log",
  });
  const sentence = `the reserve API does not answer on ${settings.reserveApiUrl}; see ${logFile("reserve-api")}`;
  await until(() => ok(`${settings.reserveApiUrl}/health`), 20_000, sentence);
}

async function startBackend(env: Record<string, string>): Promise<void> {
  await stopLeftover("cre-backend", Number(new URL(settings.backendUrl).port));
  start({ name: "cre-backend", command: settings.backendBinary, args: [], env, output: "terminal" });
  await until(() => ok(`${settings.backendUrl}/health`), 30_000, "the backend does not serve; its message is above");
}

/** What the environment says wins over what the stack knows. */
function backendEnvironment({ forwarder, basketFactory, complianceLens, firstBasket }: Deployment): Record<string, string> {
  const known = {
    RPC_URL: settings.chainUrl,
    WORKFLOW_DIR: workflowDir,
    FORWARDER_ADDRESS: forwarder,
    BASKET_FACTORY: basketFactory,
    DEFAULT_STABLECOIN: firstBasket.stablecoin,
    DEFAULT_CONSUMER: firstBasket.mintingConsumer,
    CRE_DON_FILE: settings.donFile,
    CRE_RUN_DIR: join(settings.localDir, "runs"),
    DATABASE_URL: `sqlite:${join(settings.localDir, "gateway.db")}`,
    COMPLIANCE_LENS: complianceLens,
    // People also run the workflow by hand here, and what it mints then is no intrusion.
    UNEXPECTED_SUPPLY: "alert",
  };
  return Object.fromEntries(Object.entries(known).filter(([name]) => !process.env[name]));
}

async function startLocalStack(): Promise<void> {
  const keys = ensureKeys();
  console.log(`==> starting the local chain on ${settings.chainUrl}`);
  await startChain();
  const deployment = await ensureDeployment(keys);
  connectDon(deployment);
  await fund(keys.transmitters);
  await startReserveApi();
  console.log(`==> starting the backend on ${settings.backendUrl}`);
  await startBackend(backendEnvironment(deployment));
  const summary = {
    backend: settings.backendUrl,
    chain: settings.chainUrl,
    reserveApi: `${settings.reserveApiUrl}/reserves/${deployment.firstBasket.mintingConsumer}`,
    stablecoin: deployment.firstBasket.stablecoin,
    mintingConsumer: deployment.firstBasket.mintingConsumer,
    basketFactory: deployment.basketFactory,
    forwarder: deployment.forwarder,
  };
  writeFileSync(settings.summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  console.log("\nReady. Everything here is local; Ctrl-C stops it, a restart finds the same chain.");
  for (const [name, value] of Object.entries(summary)) console.log(`  ${name.padEnd(16)} ${value}`);
  console.log("Mint 1000 tokens: bash scripts/test-mint.sh\n");
}

async function run(): Promise<number> {
  if (await ok(`${settings.backendUrl}/health`).catch(() => false)) {
    console.log(`The backend already serves ${settings.backendUrl}; nothing to start.`);
    return 0;
  }
  mkdirSync(settings.localDir, { recursive: true, mode: 0o700 });
  const signal = new Promise<undefined>((stop) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop(undefined));
  });
  const working = (async () => {
    if (settings.externalRpcUrl === undefined) await startLocalStack();
    else {
      console.log("==> RPC_URL is set: using that chain, deploying nothing");
      await startBackend({});
    }
    return await firstExit();
  })();
  try {
    const ended = await Promise.race([signal, working]);
    if (ended === undefined) console.log("\n==> stopping");
    else console.error(`error: ${ended}; stopping the rest`);
    return ended === undefined ? 0 : 1;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    await stopAll();
  }
}

process.exit(await run());
