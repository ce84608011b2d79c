#!/usr/bin/env bash
# Switches what the local reserve API plays and says what to expect: scripts/reserve-scenario.sh NAME [RESERVE]
#   NAME     healthy, falling, stale, ripcord, lying-node, down or forged-signature; without it, the present one is shown
#   RESERVE  the reserve in whole units, for example 500000; without it, the figure of mock-por-response.json
# Environment: RESERVE_API_URL (default: that of the stack that start-backend.sh runs)
. "$(dirname "$0")/lib.sh"
ensure_bun
run_script reserve-api/switch.ts "$@"
