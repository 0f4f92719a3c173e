/** A process started inside a container, with its streams. */
import type { Socket } from 'node:net';
import type { Exec, ExecOptions } from '../port.ts';
import { QUICK, raw, SLOW, type Client } from './client.ts';
import { hijackedStreams } from './wire/streams.ts';

/** The engine's default, ctrl-p ctrl-q, would swallow what a person types; this sequence nobody types. */
const DETACH_KEYS = 'ctrl-@,ctrl-^,ctrl-@,ctrl-_';

export async function openExec(client: Client, containerId: string, options: ExecOptions): Promise<Exec> {
  const tty = options.tty ?? false;
  const stdin = options.stdin ?? true;
  const exec = await client.call('exec', {}, QUICK, (docker, abortSignal) =>
    docker.getContainer(containerId).exec({
      Cmd: [...options.command],
      User: options.user,
      ...(options.workingDir === undefined ? {} : { WorkingDir: options.workingDir }),
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      Tty: tty,
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      ...(tty ? { DetachKeys: DETACH_KEYS } : {}),
      abortSignal,
    }),
  );
  const socket = await client.call('exec', {}, SLOW, async () => {
    const started = await exec.start({ hijack: true, stdin: true, Detach: false, Tty: tty });
    return started as unknown as Socket;
  });
  const streams = hijackedStreams(client.track(socket), tty);
  if (!stdin) streams.stdin.end();
  return {
    ...streams,
    id: exec.id,
    async inspect() {
      const state = await client.call('exec', {}, QUICK, (_docker, abortSignal) => exec.inspect({ abortSignal }));
      return { running: state.Running, exitCode: state.Running ? null : (state.ExitCode ?? null), pid: state.Pid };
    },
    async resize(columns, rows) {
      const size = { _query: { h: rows, w: columns }, _body: {} };
      // Podman answers 201, which dockerode's own method takes for a failure.
      await client.call('exec', {}, QUICK, (docker, abortSignal) =>
        raw(docker, 'POST', `/exec/${exec.id}/resize?`, size, abortSignal),
      );
    },
  };
}
