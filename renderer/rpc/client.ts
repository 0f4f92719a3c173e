/** The renderer's only way to Bellglass: the contract as a typed client over MessagePort or WebSocket. */
import './jitless.ts';
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#shared/contract/index.ts';
import { DESKTOP_PROTOCOL } from '#shared/contract/handshake.ts';
import { reconnecting } from './reconnecting-link.ts';
import { dropToken, takeToken } from './token.ts';
import { connectionState } from './connection-state.ts';
import { portTransport, socketTransport } from './transport.ts';

export { connectionState } from './connection-state.ts';
export type { ConnectionState } from './connection-state.ts';
export { toErrorData } from './errors.ts';
export { subscribe } from './subscribe.ts';

export type Client = ContractRouterClient<Contract>;

/**
 * Connects; the client stays valid while connections come and go. Calls made while there is none wait for the next;
 * calls and streams cut by a lost connection fail with `ConnectionLost`, refused ones with `ConnectionRefused`.
 */
export async function connect(page: Window = window): Promise<Client> {
  const desktop = page.location.protocol === DESKTOP_PROTOCOL;
  takeToken(page);
  const transport = desktop ? portTransport(page) : socketTransport(page.location.host, () => takeToken(page));
  const { link, retry } = reconnecting({ transport });
  if (!desktop) {
    connectionState.subscribe((state) => {
      if (state.state === 'refused') dropToken(page);
    });
    page.addEventListener('hashchange', () => {
      if (takeToken(page) !== null) retry();
    });
  }
  return createORPCClient<Client>(link);
}
