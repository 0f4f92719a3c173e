/** Marks stderr by a tint of the default colour only: colours that the script chose stay (RUN-5). */

// oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
const SGR = /\u001b\[([\d;:]*)m/g;
const DEFAULT = '\u001b[39m';

/** Follows the colour that is in force; give it every chunk of both streams in order, complete sequences only. */
export class Tint {
  readonly #on: string;
  #chosen = false;

  /** `rgb` is the tint, `r;g;b`. */
  constructor(rgb: string) {
    this.#on = `\u001b[38;2;${rgb}m`;
  }

  apply(stream: 'stdout' | 'stderr', text: string): string {
    if (stream === 'stdout') {
      for (const match of text.matchAll(SGR)) this.#chosen = colourAfter(match[1] ?? '', this.#chosen);
      return text;
    }
    const before = this.#chosen ? '' : this.#on;
    const body = text.replace(SGR, (sequence: string, params: string) => {
      this.#chosen = colourAfter(params, this.#chosen);
      return this.#chosen ? sequence : `${sequence}${this.#on}`;
    });
    return `${before}${body}${this.#chosen ? '' : DEFAULT}`;
  }
}

/** Whether a foreground colour is chosen after these SGR parameters. */
function colourAfter(params: string, before: boolean): boolean {
  let chosen = before;
  const codes = params.split(';');
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? '';
    const number = Number.parseInt(code === '' ? '0' : code, 10);
    if (number === 0 || number === 39) chosen = false;
    else if ((number >= 30 && number <= 38) || (number >= 90 && number <= 97)) chosen = true;
    const extended = (number === 38 || number === 48 || number === 58) && !code.includes(':');
    if (extended) index += codes[index + 1] === '2' ? 4 : 2;
  }
  return chosen;
}
