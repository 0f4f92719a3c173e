/** Hands the page one port to Bellglass, each time the page asks; nothing else crosses here. */
import { ipcRenderer } from 'electron';
import { PORT_CHANNEL, PORT_OFFERED, PORT_WANTED } from '#shared/contract/handshake.ts';

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== PORT_WANTED) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port1]);
  window.postMessage(PORT_OFFERED, '*', [port2]);
});
