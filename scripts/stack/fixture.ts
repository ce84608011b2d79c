/** The chain that the tests start from, behind `scripts/test-fixture.sh`: deploys on a new Anvil and keeps its state. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { fund, startChain } from "./chain";
import { stopAll } from "./children";
import { ensureDeployment, ensureKeys } from "./deploy";
import { settings } from "./settings";

try {
  const keys = ensureKeys();
  await startChain();
  await ensureDeployment(keys);
  await fund(keys.transmitters);
} finally {
  await stopAll();
}
renameSync(settings.stateFile, join(settings.localDir, "state.json"));
renameSync(settings.deploymentRecord, join(settings.localDir, "31337.json"));
