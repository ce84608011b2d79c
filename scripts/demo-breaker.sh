#!/usr/bin/env bash
# Walks the running local stack through a reserve that drains and is topped up again, and prints what each party saw:
# healthy → drained → breaker open → topped up → half-open → closed.
. "$(dirname "$0")/lib.sh"
need curl "install curl"
need node "install Node.js 18 or later (https://nodejs.org)"

summary=${LOCAL_DIR:-$ROOT/.local}/stack.json
[ -f "$summary" ] || die "no local stack is known: run 'bash scripts/start-backend.sh' first"
field() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]]' "$summary" "$1"; }
backend=$(field backend) consumer=$(field mintingConsumer)
curl -fsS -o /dev/null "$backend/health" || die "nothing serves $backend: run 'bash scripts/start-backend.sh' first"

pick() { # pick PATH…: some fields of the JSON on standard input, one a line
  node -e '
    const answer = JSON.parse(require("fs").readFileSync(0, "utf8"));
    for (const path of process.argv.slice(1)) {
      const value = path.split(".").reduce((v, key) => v?.[key], answer);
      if (value !== undefined && value !== null && value !== "") console.log(`      ${path}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
    }' "$@"
}
reserves() { curl -fsS "$backend/reserves/$consumer"; }
breaker() { reserves | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).breaker.state'; }
look() {
  echo "   the gateway sees:"
  reserves | pick breaker.state breaker.reasons reserves supply reserved headroom collateralRatio
}
mint() {
  echo "   a dApp asks for ${1} tokens and hears:"
  curl -sS -X POST "$backend/mint" -H 'Content-Type: application/json' \
    -d "{\"beneficiary\":\"0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd\",\"amount\":\"$1\"}" | pick success mintTx code error reserves liability requested deficit
}
wait_for() { # wait_for STATE: until the breaker is in that state, at most two minutes
  local left=600
  until [ "$(breaker)" = "$1" ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || die "the breaker did not become $1 within two minutes; it is $(breaker)"
    sleep 0.2
  done
}
trap 'bash "$ROOT/scripts/reserve-scenario.sh" healthy >/dev/null 2>&1 || true' EXIT

say "1. healthy: the reserve covers what is asked for"
bash "$ROOT/scripts/reserve-scenario.sh" healthy
mint 100
look

say "2. drained: the bank's account falls below what is issued"
bash "$ROOT/scripts/reserve-scenario.sh" falling 10
mint 100

say "3. the breaker opens: nothing is run any more"
attest() { (cd "$WORKFLOW" && CRE_DON_FILE=${LOCAL_DIR:-$ROOT/.local}/don.json RPC_URL=$(field chain) "$BUN" run main.ts --trigger cron) >/dev/null 2>&1; }
ensure_bun
echo "   the DON attests the reserve on chain, as its schedule does"
attest || die "the DON could not attest the reserve"
wait_for open
look
mint 100

say "4. topped up: the money is back, and the DON attests it"
bash "$ROOT/scripts/reserve-scenario.sh" healthy
attest || die "the DON could not attest the reserve"

say "5. half-open: after its pause, the breaker lets one mint try"
wait_for half-open
look
mint 100

say "6. closed: the mint went through"
wait_for closed
look
