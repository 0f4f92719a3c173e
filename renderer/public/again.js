// Loads the page again when a part of it was cut off on its way: browsers break loads off when a network of the machine
// comes or goes, as the gateway of a run does. A file of its own, without imports: it has to work when nothing else came.
const KEY = 'bellglass.again';
const MOST = 8;
let lost = false;
addEventListener(
  'error',
  (event) => {
    const part = event.target;
    if (lost || !(part instanceof HTMLScriptElement || part instanceof HTMLLinkElement)) return;
    lost = true;
    const tries = Number(sessionStorage.getItem(KEY) ?? 0);
    sessionStorage.setItem(KEY, String(tries + 1));
    if (tries < MOST) return void setTimeout(() => location.reload(), Math.min(300 * 2 ** tries, 4000));
    // Begins anew when somebody asks.
    sessionStorage.removeItem(KEY);
    const tell = () => {
      const root = document.getElementById('root');
      if (root === null || root.childElementCount > 0) return;
      const words = document.createElement('p');
      words.setAttribute('role', 'alert');
      words.textContent = 'A part of Bellglass did not arrive. Is it still running? ';
      const again = document.createElement('button');
      again.textContent = 'Load again';
      again.addEventListener('click', () => location.reload());
      words.append(again);
      words.style.cssText = 'margin:3rem;font:14px/1.5 system-ui,sans-serif';
      root.append(words);
    };
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', tell);
    else tell();
  },
  true,
);
