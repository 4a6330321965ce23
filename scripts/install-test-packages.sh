#!/usr/bin/env bash
# The Debian packages that the browser, database and third-party server tests use. Needs root; does nothing twice.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium fonts-dejavu fonts-noto-cjk)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v node >/dev/null || wanted+=(nodejs npm)
command -v make >/dev/null || wanted+=(make)
if ((${#wanted[@]})); then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${wanted[@]}" >/dev/null
fi
