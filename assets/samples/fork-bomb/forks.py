"""Starts copies of itself and counts refusals. Gives up after 60 attempts; each copy ends after 10 s at the latest."""
import os
import signal
import time

ATTEMPTS = 60

copies = []
refused = 0
for attempt in range(1, ATTEMPTS + 1):
    try:
        copy = os.fork()
    except OSError as error:
        refused += 1
        if refused == 1:
            print(f"Attempt {attempt}: refused ({error.strerror})", flush=True)
        time.sleep(0.05)
        continue
    if copy == 0:
        signal.alarm(10)
        signal.pause()
        os._exit(0)
    copies.append(copy)
    print(f"Attempt {attempt}: copy {len(copies)} runs", flush=True)
    time.sleep(0.05)

for copy in copies:
    os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)

print(f"{ATTEMPTS} attempts: {len(copies)} copies started, {refused} refused")
if refused == 0:
    print("Nothing held me back. This was no sandbox.")
