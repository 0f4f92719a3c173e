/** Labels on every engine object that is ours; the sweep acts on these only (RUN-10). */
export const LABEL = {
  app: 'app.bellglass',
  /** Which installation (data folder) made it. */
  instance: 'app.bellglass.instance',
  /** Which process of that installation made it: `<pid>-<start time>`. */
  owner: 'app.bellglass.owner',
  run: 'app.bellglass.run',
  /** Name of a sandbox that was started before its run was known; it stays when a run takes it. */
  pool: 'app.bellglass.pool',
  kind: 'app.bellglass.kind',
  created: 'app.bellglass.created',
  version: 'app.bellglass.version',
  inputs: 'app.bellglass.inputs',
  /** What a build took away from an image. */
  hardening: 'app.bellglass.hardening',
} as const;

/** Uids inside a sandbox; 64000–64099 are never a script's (POL-1). */
export const UID = { script: 1000, warden: 64001, gateway: 64002, observer: 64003 } as const;
