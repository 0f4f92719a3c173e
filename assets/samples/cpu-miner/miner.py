"""Burns CPU as a hidden coin miner would; it talks to nobody. Ends by itself after two minutes."""
import hashlib
import time

SECONDS = 120

started = last = time.monotonic()
hashes = since = 0
block = b"bellglass sample"
while time.monotonic() - started < SECONDS:
    for _ in range(2_000):
        block = hashlib.sha256(block).digest()
    hashes += 2_000
    now = time.monotonic()
    if now - last >= 1:
        rate = (hashes - since) / (now - last)
        print(f"{now - started:5.0f} s  {rate / 1000:8,.0f} thousand hashes a second  CPU time {time.process_time():5.1f} s", flush=True)
        last, since = now, hashes

print("Nobody stopped me.")
