#!/usr/bin/env bash
# Sends the integration guide's request to the running backend and shows the balance before and after, read from the chain.
# Environment: BACKEND_URL, RPC_URL, STABLECOIN, CONSUMER (default: those of the stack that start-backend.sh runs),
# BENEFICIARY, AMOUNT (whole tokens).
. "$(dirname "$0")/lib.sh"
need curl "install curl"
need node "install Node.js 18 or later (https://nodejs.org)"

summary=${LOCAL_DIR:-$ROOT/.local}/stack.json
field() { # field JSON-TEXT NAME
  node -e 'const v = JSON.parse(process.argv[1])[process.argv[2]]; if (v !== undefined && v !== null) console.log(String(v))' "$1" "$2"
}
stack='{}'
[ ! -f "$summary" ] || stack=$(cat "$summary")

backend=${BACKEND_URL:-$(field "$stack" backend)}
chain=${RPC_URL:-$(field "$stack" chain)}
stablecoin=${STABLECOIN:-$(field "$stack" stablecoin)}
consumer=${CONSUMER:-$(field "$stack" mintingConsumer)}
beneficiary=${BENEFICIARY:-0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd}
amount=${AMOUNT:-1000}
[ -n "$backend" ] && [ -n "$chain" ] && [ -n "$stablecoin" ] && [ -n "$consumer" ] ||
  die "no local stack is known: run 'bash scripts/start-backend.sh' first, or set BACKEND_URL, RPC_URL, STABLECOIN and CONSUMER"
curl -fsS -o /dev/null "$backend/health" || die "nothing serves $backend: run 'bash scripts/start-backend.sh' first"

balance() { # balance of the beneficiary in whole tokens, from the chain
  local call
  call=$(printf '{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"%s","data":"0x70a08231000000000000000000000000%s"},"latest"]}' \
    "$stablecoin" "$(printf '%s' "${beneficiary#0x}" | tr 'A-F' 'a-f')")
  curl -fsS -H 'Content-Type: application/json' -d "$call" "$chain" | node -e '
    const { result, error } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    if (error || result === "0x") { console.error("error: the balance cannot be read from the chain"); process.exit(1); }
    const digits = BigInt(result).toString().padStart(19, "0");
    console.log(`${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, ""));'
}

before=$(balance)
printf 'beneficiary     %s\nbalance before  %s\n' "$beneficiary" "$before"
say "POST $backend/mint ($amount tokens)"
answer=$(curl -sS -X POST "$backend/mint" -H 'Content-Type: application/json' -d "$(printf \
  '{"beneficiary":"%s","amount":"%s","stablecoinAddress":"%s","mintingConsumerAddress":"%s"}' \
  "$beneficiary" "$amount" "$stablecoin" "$consumer")")
node -e 'try { console.log(JSON.stringify(JSON.parse(process.argv[1]), null, 2)) } catch { console.log(process.argv[1]) }' "$answer"
after=$(balance)
printf 'balance after   %s\n' "$after"

[ "$(field "$answer" success)" = true ] || die "the mint did not succeed; the answer above says why"
node -e '
  const units = (text) => { const [whole, part = ""] = text.split("."); return BigInt(whole + part.padEnd(18, "0")); };
  const [before, after, amount] = process.argv.slice(1).map(units);
  process.exit(after - before === amount ? 0 : 1);' "$before" "$after" "$amount" ||
  die "the backend answered success, but the balance on chain did not grow by $amount"
say "minted: the balance on chain grew by exactly $amount"
