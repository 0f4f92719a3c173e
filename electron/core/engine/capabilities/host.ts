/** What this machine shows without asking the engine. */
import { readFile } from 'node:fs/promises';
import { freemem, hostname } from 'node:os';
import type { HostFacts } from './quick.ts';

/** `MemAvailable`, which unlike free memory counts what the kernel would give back. */
async function memoryAvailable(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

export async function hostFacts(): Promise<HostFacts> {
  return { hostname: hostname(), sameKernel: process.platform === 'linux', memoryFree: await memoryAvailable() };
}
