"""Tries to reach the outside. All names and addresses are reserved for documentation, so nobody is ever called."""
import socket
import time

NAMES = ["collector.example", "updates.example", "paste.example"]
ADDRESSES = [("192.0.2.10", 443), ("198.51.100.7", 80), ("203.0.113.99", 8080), ("2001:db8::1", 443)]

out = 0


def attempt(what, work):
    global out
    started = time.monotonic()
    try:
        work()
        out += 1
        answer = "WORKED"
    except OSError as error:
        answer = f"refused: {error.strerror or error}"
    print(f"{what:<34} {answer}  ({(time.monotonic() - started) * 1000:.0f} ms)", flush=True)
    time.sleep(0.15)


def connect(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(2)
        line.connect((host, port))
        line.sendall(b"hello from the sandbox\n")


for name in NAMES:
    attempt(f"look up {name}", lambda: socket.getaddrinfo(name, 443))
for host, port in ADDRESSES:
    attempt(f"connect {host} port {port}", lambda: connect(host, port))

print(f"\n{out} of {len(NAMES) + len(ADDRESSES)} attempts got out.")
