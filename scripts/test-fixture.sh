#!/usr/bin/env bash
# Builds target/fixture: the state of a chain with the contracts deployed, its deployment record and the keys, which
# each test loads into an Anvil of its own. Made anew only when the contracts or the deploy settings have changed.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry

out=$ROOT/target/fixture
fingerprint=$(cd "$ROOT" && cat scripts/test-fixture.sh scripts/stack/fixture.ts scripts/stack/deploy.ts scripts/stack/settings.ts \
  bank-stablecoin-por-ace-ccip-workflow/{foundry.toml,bun.lock,host/keys.ts} $(find bank-stablecoin-por-ace-ccip-workflow/contracts/{src,script} -name '*.sol' | sort) |
  cksum)
[ "$(cat "$out/fingerprint" 2>/dev/null)" != "$fingerprint" ] || exit 0

rm -rf "$out"
mkdir -p "$out"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
LOCAL_DIR=$out LOCAL_CHAIN_PORT=$port RPC_URL='' "$BUN" run --no-install "$ROOT/scripts/stack/fixture.ts" || die "the test fixture could not be built; the reason is above"
printf '%s' "$fingerprint" >"$out/fingerprint"
