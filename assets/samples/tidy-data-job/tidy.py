"""A well-behaved job: makes data, writes it, reads it back, adds it up."""
import csv
import random
import time
from collections import defaultdict

ROWS = 300_000
STEPS = 6
REGIONS = ["North", "East", "South", "West"]
PRODUCTS = ["lamp", "kettle", "chair", "desk", "shelf"]

started = time.monotonic()
chance = random.Random(7)

print(f"Writing {ROWS:,} rows to sales.csv")
with open("sales.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["region", "product", "units", "price"])
    for row in range(ROWS):
        out.writerow([chance.choice(REGIONS), chance.choice(PRODUCTS), chance.randint(1, 9), round(chance.uniform(5, 300), 2)])
        if (row + 1) % (ROWS // STEPS) == 0:
            print(f"  {100 * (row + 1) // ROWS:3d} %  {row + 1:,} rows", flush=True)

print("Reading it back", flush=True)
units = defaultdict(int)
revenue = defaultdict(float)
with open("sales.csv", newline="") as file:
    for record in csv.DictReader(file):
        units[record["region"]] += int(record["units"])
        revenue[record["region"]] += int(record["units"]) * float(record["price"])

print()
print(f"{'Region':<8}{'Units':>10}{'Revenue':>16}")
for region in sorted(revenue, key=revenue.get, reverse=True):
    print(f"{region:<8}{units[region]:>10,}{revenue[region]:>16,.2f}")
print(f"{'Total':<8}{sum(units.values()):>10,}{sum(revenue.values()):>16,.2f}")
print(f"\nDone in {time.monotonic() - started:.1f} s")
