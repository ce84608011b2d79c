#!/usr/bin/env bash
# Builds target/fixture: the state of a chain with the contracts deployed, its deployment record and the keys, which
# each test loads into an Anvil of its own. Made anew only when the contracts or the deploy settings have changed.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry
cd "$ROOT"

out=target/fixture
inputs() {
  ls scripts/test-fixture.sh scripts/stack/{chain,deploy,fixture,settings}.ts scripts/lib/{anvil,don-keys,local-chain}.ts \
    "${WORKFLOW#"$ROOT"/}"/{foundry.toml,bun.lock}
  find "${WORKFLOW#"$ROOT"/}"/contracts/{src,script} -name '*.sol'
  find "${WORKFLOW#"$ROOT"/}/host" -name keys.ts
}
fingerprint=$(inputs | sort | while IFS= read -r file; do cat "$file"; done | cksum)
fresh() { [ "$(cat "$out/fingerprint" 2>/dev/null)" = "$fingerprint" ]; }
! fresh || exit 0

# Of several that find it stale, one builds it, and the others wait. Whoever died while building holds the lock no longer.
# The lock is a link that names its holder.
lock=$out.lock
mkdir -p target
until ln -s "$$" "$lock" 2>/dev/null; do
  holder=$(readlink "$lock" || true)
  if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -f "$lock"; else sleep 1; fi
done
trap 'rm -f "$lock"' EXIT
! fresh || exit 0

rm -rf "$out"
mkdir -p "$out"
(run_script stack/fixture.ts) || die "the test fixture could not be built; the reason is above"
printf '%s' "$fingerprint" >"$out/fingerprint"
