"""Takes memory in steps until it is stopped. Run outside a sandbox, it gives up at 512 MiB."""
import sys
import time

STEP = 4
GIVE_UP = 512

held = []
while len(held) * STEP < GIVE_UP:
    held.append(b"\x01" * (STEP * 1024 * 1024))
    print(f"Holding {len(held) * STEP} MiB", flush=True)
    time.sleep(0.2)

print(f"Nobody stopped me at {GIVE_UP} MiB, so I stop myself.")
sys.exit(1)
