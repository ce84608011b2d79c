#!/usr/bin/env bash
# Walks the running local stack through a reserve that drains and is topped up again, and prints what each party saw:
# healthy → drained → breaker open → topped up → half-open → closed.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
run_script demo/breaker.ts
