/** What can be asked about a policy (POL-9). */

/** One question; amounts in base units. */
export type Question =
  | { readonly kind: 'connect'; readonly host: string; readonly port: number; readonly protocol: 'tcp' | 'udp' }
  | { readonly kind: 'lookup'; readonly name: string }
  | { readonly kind: 'listen'; readonly port: number }
  | { readonly kind: 'read' | 'execute'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: number | null }
  | { readonly kind: 'memory' | 'output'; readonly bytes: number }
  | { readonly kind: 'cpu'; readonly percent: number }
  | { readonly kind: 'run'; readonly ms: number }
  | { readonly kind: 'processes' | 'open-files'; readonly count: number }
  | { readonly kind: 'syscall' | 'capability' | 'env'; readonly name: string };
