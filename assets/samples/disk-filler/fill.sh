#!/usr/bin/env bash
# Fills the disk in steps, says where it ends, and removes its file. Outside a sandbox it gives up at 256 MiB.
set -u
file=./filler.bin
trap 'rm -f "$file"' EXIT

written=0
while [ "$written" -lt 256 ]; do
  if ! head -c 4194304 /dev/zero >> "$file"; then
    echo "The disk refused after $written MiB."
    df -h . || true
    sleep 0.5
    exit 0
  fi
  written=$((written + 4))
  echo "Wrote $written MiB"
  sleep 0.15
done
echo "Nobody stopped me at $written MiB, so I stop myself."
exit 1
