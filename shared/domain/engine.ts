/** What we know about engines: who was tried, who was chosen, what it can do (ENG-1, ENG-3). */
import * as z from 'zod';

export const appErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  why: z.string().optional(),
  next: z.string().optional(),
  details: z.string().optional(),
});

/** One place that was looked at, and what came of it. */
export const attemptSchema = z.object({
  /** Stable id that the settings may name: `docker-host`, `context:desktop-linux`, `socket:/run/docker.sock`, `private`. */
  id: z.string(),
  label: z.string(),
  address: z.string(),
  usable: z.boolean(),
  /** Why it was not usable, or what answered. */
  reason: z.string(),
  /** A command or setting that would mend it, to copy. */
  fix: z.string().optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const capabilitiesSchema = z.object({
  kind: z.enum(['docker', 'podman']),
  version: z.string(),
  apiVersion: z.string(),
  os: z.string(),
  arch: z.string(),
  cgroup: z.enum(['v1', 'v2']),
  /** The engine runs on this very kernel and its cgroup files can be read here. */
  local: z.boolean(),
  rootless: z.boolean(),
  seccomp: z.boolean(),
  /** Path rules (POL-8) work there: Landlock with ABI 3 or later, let through by our system call filter. */
  landlock: z.boolean().default(false),
  apparmor: z.boolean(),
  selinux: z.boolean(),
  userNamespaces: z.boolean(),
  ociRuntimes: z.array(z.string()),
  defaultRuntime: z.string(),
  swapLimit: z.boolean(),
  pidsLimit: z.boolean(),
  cpuQuota: z.boolean(),
  diskQuota: z.boolean(),
  ioLimits: z.boolean(),
  tmpfsInodes: z.boolean(),
  liveUpdate: z.boolean(),
  nftables: z.boolean(),
  nflog: z.boolean(),
  rateShaping: z.boolean(),
  connectionTracking: z.boolean(),
  /** Sandboxes have a way out over IPv6, as far as addresses and routes go. */
  ipv6: z.boolean().default(false),
  cpus: z.number(),
  memoryTotal: z.number(),
  memoryFree: z.number().nullable(),
  /** How each fact was learned, for the doctor page: capability name → evidence in one line. */
  evidence: z.record(z.string(), z.string()),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** The connection's life: a closed union, shown as the engine pill. */
export const engineStatusSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('searching') }),
  z.object({ state: z.literal('starting'), step: z.string() }),
  z.object({ state: z.literal('ready'), attempt: attemptSchema, capabilities: capabilitiesSchema }),
  z.object({
    state: z.literal('lost'),
    attempt: attemptSchema,
    since: z.number(),
    retryAt: z.number(),
    reason: z.string(),
  }),
  z.object({ state: z.literal('none'), attempts: z.array(attemptSchema), error: appErrorSchema }),
]);
export type EngineStatus = z.infer<typeof engineStatusSchema>;
