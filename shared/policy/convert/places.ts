/** Folders that no import hands to a script (POL-1). Pure, textual: the real path is checked again at start. */

/** Sockets of engines and folders that hold them. */
const ENGINE =
  /(?:^|\/)(?:docker|podman|containerd|crio|cri-dockerd|buildkitd|dockershim|nerdctl)[^/]*\.sock(?:$|\/)|^\/(?:var\/)?run\/(?:docker|podman|containerd|crio|user\/\d+)(?:$|\/)|^\/\/\.\/pipe\//i;
const SYSTEM =
  /^\/(?:proc|sys|dev|boot|lib\/modules|var\/lib\/(?:docker|containers|containerd|kubelet)|etc|(?:var\/)?run)(?:$|\/)/;
const HOME_ROOT =
  /^(?:~|\$HOME|\$\{HOME\}|\/root|\/home|\/home\/[^/]+|\/Users|\/Users\/[^/]+|[A-Za-z]:(?:\/Users(?:\/[^/]+)?)?)\/*$/;

function plain(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  const lead = path.replaceAll('\\', '/').startsWith('//./')
    ? '//./'
    : path.startsWith('/') || path.startsWith('\\')
      ? '/'
      : '';
  return `${lead}${(lead === '//./' ? parts.slice(0) : parts).join('/')}` || (lead === '/' ? '/' : '.');
}

/** Why this folder of the machine is never offered, or null. */
export function forbiddenSource(source: string): string | null {
  const path = plain(source);
  if (ENGINE.test(path) || ENGINE.test(source))
    return 'The engine’s socket is power over the whole machine; no script ever gets it.';
  if (path === '/') return 'The root of the machine is never shown to a script.';
  if (HOME_ROOT.test(path))
    return 'A whole home folder with its keys is never shown to a script; name a folder below it.';
  if (SYSTEM.test(path)) return 'System folders of the machine are never shown to a script.';
  return null;
}
