#!/usr/bin/env bash
# Checks the shell scripts: shellcheck, and that nothing in them needs more than bash 3.2 and the tools of macOS.
. "$(dirname "$0")/lib.sh"
ensure_shellcheck
cd "$ROOT"
failed=0

shellcheck --external-sources --source-path=scripts scripts/*.sh .ci/run || failed=1

while IFS=$'\t' read -r pattern wrong; do
  case $pattern in '#'* | '') continue ;; esac
  found=$(grep -nE -e "$pattern" scripts/*.sh .ci/run | grep -vE '^[^:]*:[0-9]*: *#' || true)
  [ -z "$found" ] || { printf '%s\n    %s\n' "$found" "$wrong" >&2 && failed=1; }
done <scripts/forbidden-in-shells.txt

for script in scripts/*.sh .ci/run; do
  bash -n "$script" || failed=1
done
[ "$failed" = 0 ] || die "the shell scripts have findings, which are above"
say "$(shellcheck --version | grep '^version') and bash $BASH_VERSION find nothing"
