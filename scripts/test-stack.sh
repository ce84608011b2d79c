#!/usr/bin/env bash
# The README's way, as a person walks it: start-backend.sh, test-mint.sh, `bun run main.ts` by hand, a second stack on
# other ports beside it, stop, start again. Uses the default ports with a chain of its own under target/; stop a running
# stack first.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry
cd "$ROOT"

export LOCAL_DIR=$ROOT/target/stack-test BUILD_PROFILE=${BUILD_PROFILE:-dev}
# Set, so that nothing of a .env file takes part.
export RPC_URL='' PORT=3001 LOCAL_CHAIN_PORT=8545 RESERVE_API_PORT=3002 ADMIN_ADDR=127.0.0.1:9464
second_dir=$ROOT/target/stack-test-2
second=(LOCAL_DIR="$second_dir" PORT=3101 LOCAL_CHAIN_PORT=8645 RESERVE_API_PORT=3102 ADMIN_ADDR=127.0.0.1:9465)
log=$ROOT/target/stack-test.log
second_log=$ROOT/target/stack-test-2.log
passed=0 failed=0 first_pid='' second_pid=''

check() { # check WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); say "ok: $what"; else failed=$((failed + 1)); say "FAILED: $what"; fi
}
serves() { curl -fsS -o /dev/null "http://localhost:$1/ready" 2>/dev/null; }
on_both_loopbacks() {
  curl -fsS -o /dev/null "http://127.0.0.1:$1/health" &&
    { ! grep -qs '^00000000000000000000000000000001 ' /proc/net/if_inet6 || curl -fsS -o /dev/null "http://[::1]:$1/health"; }
}
measured() { curl -fsS "http://127.0.0.1:$1/metrics" 2>/dev/null | grep -q '^cre_chain_answers 1'; }
silent() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
start() { # start LOG VARIABLE=VALUE…: sets started to the stack's process when it is ready
  local file=$1
  shift
  : >"$file"
  env "$@" bash scripts/start-backend.sh >"$file" 2>&1 &
  started=$!
  until grep -q '^Ready\.' "$file"; do
    kill -0 "$started" 2>/dev/null || { cat "$file" >&2; die "start-backend.sh ended before it was ready"; }
    sleep 0.1
  done
}
stop() { # stop PROCESS SIGNAL: INT is what Ctrl-C sends
  kill -"$2" "$1"
  wait "$1" || true
}
# A shell in the background ignores INT, so what did not come up yet is ended by TERM.
at_exit() {
  [ -z "$first_pid" ] || stop "$first_pid" TERM
  [ -z "$second_pid" ] || stop "$second_pid" TERM
}
trap at_exit EXIT

genesis() { cat "$LOCAL_DIR/chain/genesis"; }
mints() { bash scripts/test-mint.sh; }
officer() { bash scripts/compliance.sh "$@"; }
refuses_to_mint() { # refuses_to_mint REASON: the answer names the policy's reason
  local answer
  answer=$(bash scripts/test-mint.sh 2>&1) && return 1
  grep -q '"code": "ACE_REJECTED"' <<<"$answer" && grep -q "\"reason\": \"$1\"" <<<"$answer"
}
guest=0x976EA74026E726554dB657fA54763abd0C3a0aa9
demo=0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd
by_hand() { # by_hand VARIABLE=VALUE…
  local out
  out=$(cd "$WORKFLOW" && env "$@" "$BUN" run main.ts) || return 1
  grep -qE '^Mint report delivered: 0x[0-9a-f]{64}$' <<<"$out"
}

in_second() { env "${second[@]}" "$@"; }
names_taken_ports() { # a start on the first stack's ports is refused before anything is started or built
  local said setting
  said=$(env LOCAL_DIR="$second_dir" bash scripts/start-backend.sh 2>&1) && return 1
  for setting in PORT ADMIN_ADDR LOCAL_CHAIN_PORT RESERVE_API_PORT; do
    grep -q "^error: port [0-9]*, .* in use .* set $setting to a free port$" <<<"$said" || return 1
  done
  [ ! -e "$second_dir/chain" ]
}
second_waits() { # second_waits CODE: a mint there stays queued, and CODE is what holds it up
  local tries order='{"beneficiary":"0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd","amount":"1","bankReference":"waits"}'
  curl -fsS -o /dev/null -H 'Content-Type: application/json' -H 'Prefer: respond-async' -d "$order" http://localhost:3101/mint ||
    return 1
  for ((tries = 0; tries < 120; tries++)); do
    curl -fsS 'http://localhost:3101/mints?status=queued' | grep -q "\"code\":\"$1\"" && return 0
    sleep 0.5
  done
  return 1
}

silent 3001 || die "port 3001 is served already: stop the running stack first"
rm -rf "$LOCAL_DIR" "$second_dir"

start "$log"
first_pid=$started
first_genesis=$(genesis)
check "the backend is ready" serves 3001
check "both loopbacks are served" on_both_loopbacks 3001
check "operators find the metrics on their own port" measured 9464
check "test-mint.sh mints 1000 tokens" mints
check "bun run main.ts mints from the checked-in files" by_hand CRE_DON_FILE="$LOCAL_DIR/don.json"
check "bun run main.ts mints a second time" by_hand CRE_DON_FILE="$LOCAL_DIR/don.json"
check "the officer blocks a beneficiary" officer block "$demo"
check "a blocked beneficiary gets nothing and hears why" refuses_to_mint BLACKLISTED
check "the officer lifts the block" officer unblock "$demo"
BENEFICIARY=$guest check "an unregistered beneficiary gets nothing and hears why" refuses_to_mint IDENTITY_REJECTED
check "a dry run sends nothing" officer register-kyc "$guest" CH --dry-run
BENEFICIARY=$guest check "the beneficiary is still unregistered" refuses_to_mint IDENTITY_REJECTED
check "the officer registers the beneficiary" officer register-kyc "$guest" CH 30
BENEFICIARY=$guest check "a registered beneficiary gets tokens" mints

check "taken ports are named with their settings" names_taken_ports
start "$second_log" "${second[@]}"
second_pid=$started
check "a second stack is ready beside the first" serves 3101
check "it serves operators on a port of its own" measured 9465
check "the second stack mints" in_second bash scripts/test-mint.sh
check "the first stack mints beside it" mints
check "the second stack's reserve API goes down" in_second bash scripts/reserve-scenario.sh down
check "the second stack asks its own reserve API" second_waits POR_UNAVAILABLE
check "the first stack asks another one" mints
check "the second stack's reserve API is back" in_second bash scripts/reserve-scenario.sh healthy
check "bun run main.ts mints on the second stack" \
  by_hand CRE_DON_FILE="$second_dir/don.json" CRE_CONFIG_FILE="$second_dir/config.local.json"
stop "$second_pid" INT
second_pid=''
check "the second stack stopped" silent 3101
check "the first stack goes on" mints

stop "$first_pid" INT
first_pid=''
check "Ctrl-C stopped the backend" silent 3001
check "Ctrl-C stopped the operator listener" silent 9464
check "Ctrl-C stopped the chain" silent 8545
check "Ctrl-C stopped the reserve API" silent 3002
start "$log"
first_pid=$started
check "a restart finds the same chain" [ "$(genesis)" = "$first_genesis" ]
check "the restarted stack mints" mints
stop "$first_pid" INT
first_pid=''
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
