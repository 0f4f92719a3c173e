/** Policy files as people lay them out. */

/** Comments, order, spacing, quotes, flow and block, `x-` keys: what an edit must leave alone. */
export const COMMENTED = `# Prices, hourly

x-owner: "team: prices"   # keep me
trust_level: limited # not more
description: >
  Fetches prices,
  nothing else
# how much
resources:   # small
  cpu:   '50 %'

  # it needs room for the table
  memory: 192 MiB   # measured
  on_breach: { memory: kill,   output: "drop" }   # hard
network:
  allow:
    # the feed
    - api.prices.example   # v2
    - "*.cdn.example:443,8443"

    # last one
    - '192.0.2.0/24:8080/tcp'
  mode: restricted
  hosts: { db.example: 192.0.2.1, x-host: 192.0.2.2 }
run: { env: { A: "1", B: no },  x-note: [a, b],
       tty: false }
files:
  mounts:
  - source: ./data   # prices
    target: /data
    x-why: history
# the end
`;

export const STARTS: readonly string[] = [
  '',
  '\n\n',
  '# only words\n',
  '{}',
  '---\ntrust_level: limited\n',
  '--- ~\n',
  '---\n# words\n...\n# more\n',
  'trust_level: limited',
  'resources:\n',
  'resources: # later\n  # nothing yet\nrun:\n',
  '{ trust_level: limited, resources: { memory: 1 GiB, }, }\n',
  'resources: {\n  memory: 1 GiB, # big\n  cpu: 50 %\n}\n',
  '? resources\n: memory: 64 MiB\n',
  'network: {allow: [a.example,b.example], block: {add: [c.example]}}\nx-a: &a 1\nx-b: *a\n',
  'run:\n  command:\n  - a\n  # b?\n  -\n    "b c"\nquota: {runs: 2}',
  COMMENTED,
  COMMENTED.replaceAll('\n', '\r\n'),
  `\uFEFF${COMMENTED}`,
];
