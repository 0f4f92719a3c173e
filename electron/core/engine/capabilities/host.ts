/** What this machine shows without asking the engine. */
import { readFileSync } from 'node:fs';
import { freemem, hostname } from 'node:os';
import type { Capabilities } from '#shared/domain/engine.ts';
import type { HostFacts } from './quick.ts';

/** `MemAvailable`, which unlike free memory counts what the kernel would give back; read at once, it costs no disk. */
function memoryAvailable(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

/** What runs may be promised, bytes, read now; `free` null where the engine's machine is another one. */
export function engineMemory(
  capabilities: Pick<Capabilities, 'local' | 'memoryTotal'> | null,
): { total: number; free: number | null } | null {
  if (capabilities === null) return null;
  return { total: capabilities.memoryTotal, free: capabilities.local ? memoryAvailable() : null };
}

export async function hostFacts(): Promise<HostFacts> {
  return { hostname: hostname(), sameKernel: process.platform === 'linux', memoryFree: memoryAvailable() };
}
