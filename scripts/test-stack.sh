#!/usr/bin/env bash
# The README's way, as a person walks it: start-backend.sh, test-mint.sh, `bun run main.ts` by hand, stop, start again.
# Uses the default ports with a chain of its own under target/; stop a running stack first.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry

export LOCAL_DIR=$ROOT/target/stack-test BUILD_PROFILE=${BUILD_PROFILE:-dev}
unset RPC_URL
log=$ROOT/target/stack-test.log
passed=0 failed=0 stack_pid=''

check() { # check WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); say "ok: $what"; else failed=$((failed + 1)); say "FAILED: $what"; fi
}
serves() { curl -fsS -o /dev/null http://localhost:3001/ready 2>/dev/null; }
silent() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
start() {
  bash "$ROOT/scripts/start-backend.sh" >"$log" 2>&1 &
  stack_pid=$!
  until grep -q '^Ready\.' "$log"; do
    kill -0 "$stack_pid" 2>/dev/null || { cat "$log" >&2; die "start-backend.sh ended before it was ready"; }
    sleep 0.1
  done
}
stop() {
  kill -INT "$stack_pid"
  wait "$stack_pid" || true
  stack_pid=''
}
trap '[ -z "$stack_pid" ] || stop' EXIT
genesis() { cat "$LOCAL_DIR/chain/genesis"; }
mints() { bash "$ROOT/scripts/test-mint.sh"; }
by_hand() {
  local out
  out=$(cd "$WORKFLOW" && CRE_DON_FILE=$LOCAL_DIR/don.json "$BUN" run main.ts) || return 1
  printf '%s\n' "$out" | grep -qE '^Mint report delivered: 0x[0-9a-f]{64}$'
}

silent 3001 || die "port 3001 is served already: stop the running stack first"
rm -rf "$LOCAL_DIR"

start
first_genesis=$(genesis)
check "the backend is ready" serves
check "test-mint.sh mints 1000 tokens" mints
check "bun run main.ts mints from the checked-in files" by_hand
check "bun run main.ts mints a second time" by_hand
stop
check "Ctrl-C stopped the backend" silent 3001
check "Ctrl-C stopped the chain" silent 8545
check "Ctrl-C stopped the reserve API" silent 3002
start
check "a restart finds the same chain" [ "$(genesis)" = "$first_genesis" ]
check "the restarted stack mints" mints
stop
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
