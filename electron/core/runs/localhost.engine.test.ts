/** What a name is answered with in a sandbox without network: the loopback's own, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageEngine, type ImageEngine } from './testing/image-engine.ts';
import { createHarness, type Harness } from './testing/harness.ts';

let docker: ImageEngine;
let harness: Harness;

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
}, 600_000);

afterAll(async () => {
  await harness?.dispose();
  await docker?.dispose();
});

const PYTHON = `
import os, socket
def ask(name):
    try: return sorted({found[4][0] for found in socket.getaddrinfo(name, 80)})
    except OSError as failure: return type(failure).__name__
print(os.path.getsize('/etc/hosts') if os.path.exists('/etc/hosts') else 0, 'bytes of hosts')
print('127.0.0.1' in ask('localhost'), ask('example.com'), ask('example.localdomain'), ask('db'))
server = socket.create_server(('localhost', 8080))
print(socket.create_connection(('localhost', 8080)).getpeername()[1])
`;

const NODE = `
const { lookup } = require('node:dns/promises');
const ask = (name) => lookup(name, { all: true }).then((all) => all.map((one) => one.address), (failure) => failure.code);
(async () => {
  console.log((await ask('localhost')).includes('127.0.0.1'), ['ENOTFOUND', 'EAI_AGAIN'].includes(await ask('example.com')), await ask('db') === await ask('example.com'));
  const server = require('node:net').createServer((peer) => peer.end()).listen(8080, 'localhost', () =>
    require('node:net').connect(8080, 'localhost', () => { console.log('connected'); server.close(); }));
})();
`;

describe('names in a sandbox without network (NET-1)', () => {
  it('answers for localhost and for nothing else, in Python', async () => {
    const run = await harness.run('python', PYTHON, { trust: 'limited' });
    expect(run.output).toMatch(/ bytes of hosts\nTrue gaierror gaierror gaierror\n8080\n$/);
  });

  it('answers for localhost and for nothing else, in Node.js', async () => {
    const run = await harness.run('node', NODE, { trust: 'limited' });
    expect(run.output).toBe('true true true\nconnected\n');
  });
});
