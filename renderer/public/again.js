// Loads the page again when a part of it was cut off on its way: browsers break loads off when a network of the machine
// comes or goes, as the gateway of a run does. A file of its own, without imports: it has to work when nothing else came.
const KEY = 'bellglass.again';
const MOST = 3;
addEventListener(
  'error',
  (event) => {
    const part = event.target;
    if (!(part instanceof HTMLScriptElement || part instanceof HTMLLinkElement)) return;
    const tries = Number(sessionStorage.getItem(KEY) ?? 0);
    if (tries >= MOST) return;
    sessionStorage.setItem(KEY, String(tries + 1));
    setTimeout(() => location.reload(), 300 * (tries + 1));
  },
  true,
);
