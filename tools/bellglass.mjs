#!/usr/bin/env node
/** The `bellglass` command of a clone: finds the right Node, sets the clone up quietly if need be, and becomes the CLI. */
import { handOver } from './setup/child.mjs';
import { main, setup } from './setup/index.mjs';
import { LEAN } from './setup/node.mjs';
import { inRoot } from './setup/place.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const { node } = await setup(args[0] === 'serve' ? ['app'] : []);
  return handOver(node, [...LEAN, inRoot('electron', 'hosts', 'cli', 'main.ts'), ...args]);
});
