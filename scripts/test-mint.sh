#!/usr/bin/env bash
# Sends the integration guide's request to the running backend and shows the balance before and after, read from the chain.
# Environment: BACKEND_URL, RPC_URL, STABLECOIN, CONSUMER (default: those of the stack that start-backend.sh runs),
# BENEFICIARY, AMOUNT (whole tokens); LOCAL_DIR where the stack has one of its own.
. "$(dirname "$0")/lib.sh"
ensure_bun
run_script demo/mint.ts
