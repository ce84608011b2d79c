#!/usr/bin/env bash
# The OpenAPI document against the running gateway: schemathesis sends what the document allows, what it forbids, and
# chains of requests along its links, and holds every answer to it. schemathesis.toml names the refusals that an operation
# may answer a well-formed request with; anything else is a failure. A stack of its own on free ports, under target/.
#   bash scripts/test-contract.sh [OPTION…]   options are passed on, such as --seed 7 or --max-time 600
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry
ensure_schemathesis
cd "$ROOT"

export LOCAL_DIR=$ROOT/target/contract-test BUILD_PROFILE=${BUILD_PROFILE:-dev}
# Set, so that nothing of a .env file takes part.
export RPC_URL='' PORT LOCAL_CHAIN_PORT RESERVE_API_PORT MINT_WAIT_SECONDS=5 ADMIN_ADDR=off
export CALLER_REQUESTS_PER_MINUTE=1000000 ADDRESS_REQUESTS_PER_MINUTE=1000000
ports=$(run_script stack/free-ports.ts 3)
read -r PORT LOCAL_CHAIN_PORT RESERVE_API_PORT <<<"$ports"
log=$ROOT/target/contract-test.log
found=$ROOT/target/contract-test.txt

rm -rf "$LOCAL_DIR"
: >"$log"
bash scripts/start-backend.sh >"$log" 2>&1 &
stack=$!
at_exit() {
  kill -TERM "$stack" 2>/dev/null || true
  wait "$stack" || true
}
trap at_exit EXIT
until grep -q '^Ready\.' "$log"; do
  kill -0 "$stack" 2>/dev/null || { cat "$log" >&2; die "start-backend.sh ended before it was ready"; }
  sleep 0.1
done

# With a key, as everybody but people on this machine needs one; without it every operation must refuse.
scopes='["mint:write", "mint:read", "reserve:read", "event:read", "basket:pause", "basket:resume", "audit:read", "admin"]'
key=$(curl -sf "http://localhost:$PORT/keys" -H "Authorization: Bearer $(cat "$LOCAL_DIR/admin.key")" \
  -H 'Content-Type: application/json' -d "{\"name\": \"contract\", \"scopes\": $scopes}" |
  sed -nE 's/.*"key": *"([^"]+)".*/\1/p')
[ -n "$key" ] || die "the gateway made no key"

status=0
schemathesis --config-file schemathesis.toml run "http://localhost:$PORT/openapi.json" --checks all --header "Authorization: Bearer $key" --header "x-api-key: $key" --seed 1 --max-time 45 \
  --generation-database none --no-color "$@" 2>&1 | tee "$found" || status=$?
kill -0 "$stack" 2>/dev/null || { tail -n 40 "$log" >&2; die "the gateway did not survive it"; }
curl -sf -o /dev/null "http://localhost:$PORT/accounts" -H "Authorization: Bearer $key" ||
  die "the run took away the rights of its own key, and found nothing afterwards"
# The closing figures as a line that CI knows: cases, and the kinds of failures among them.
cases=$(sed -nE 's/.*Test cases:.* ([0-9]+) generated.*/\1/p; s/^ *([0-9]+) generated.*/\1/p' "$found" | head -n 1)
failures=$(sed -nE 's/.*Failures: *([0-9]+).*/\1/p; s/^.* ([0-9]+) unique failures.*/\1/p' "$found" | head -n 1)
echo "${cases:-0} passed, ${failures:-$status} failed"
[ "$status" -eq 0 ]
