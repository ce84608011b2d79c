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
  rm -f "$log" # or the last start's "Ready" is found before this one has written anything
  touch "$log"
  bash "$ROOT/scripts/start-backend.sh" >"$log" 2>&1 &
  stack_pid=$!
  until grep -q '^Ready\.' "$log"; do
    kill -0 "$stack_pid" 2>/dev/null || { cat "$log" >&2; die "start-backend.sh ended before it was ready"; }
    sleep 0.1
  done
}
stop() { # stop [SIGNAL]: INT is what Ctrl-C sends
  kill -"${1:-INT}" "$stack_pid"
  wait "$stack_pid" || true
  stack_pid=''
}
# A shell in the background ignores INT, so what did not come up yet is ended by TERM.
trap '[ -z "$stack_pid" ] || stop TERM' EXIT
genesis() { cat "$LOCAL_DIR/chain/genesis"; }
mints() { bash "$ROOT/scripts/test-mint.sh"; }
officer() { bash "$ROOT/scripts/compliance.sh" "$@"; }
refuses_to_mint() { # refuses_to_mint REASON: the answer names the policy's reason
  local answer
  answer=$(bash "$ROOT/scripts/test-mint.sh" 2>&1) && return 1
  grep -q '"code": "ACE_REJECTED"' <<<"$answer" && grep -q "\"reason\": \"$1\"" <<<"$answer"
}
guest=0x976EA74026E726554dB657fA54763abd0C3a0aa9
demo=0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd
by_hand() {
  local out
  out=$(cd "$WORKFLOW" && CRE_DON_FILE=$LOCAL_DIR/don.json "$BUN" run main.ts) || return 1
  grep -qE '^Mint report delivered: 0x[0-9a-f]{64}$' <<<"$out"
}

silent 3001 || die "port 3001 is served already: stop the running stack first"
rm -rf "$LOCAL_DIR"

start
first_genesis=$(genesis)
check "the backend is ready" serves
check "test-mint.sh mints 1000 tokens" mints
check "bun run main.ts mints from the checked-in files" by_hand
check "bun run main.ts mints a second time" by_hand
check "the officer blocks a beneficiary" officer block "$demo"
check "a blocked beneficiary gets nothing and hears why" refuses_to_mint BLACKLISTED
check "the officer lifts the block" officer unblock "$demo"
BENEFICIARY=$guest check "an unregistered beneficiary gets nothing and hears why" refuses_to_mint IDENTITY_REJECTED
check "a dry run sends nothing" officer register-kyc "$guest" CH --dry-run
BENEFICIARY=$guest check "the beneficiary is still unregistered" refuses_to_mint IDENTITY_REJECTED
check "the officer registers the beneficiary" officer register-kyc "$guest" CH 30
BENEFICIARY=$guest check "a registered beneficiary gets tokens" mints
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
