/** Which environment variables look like they carry a secret. Guesses by name and by form; never prints a value. Pure. */

const NAME =
  /(^|_)(SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PWD_?HASH|API_?KEY|APIKEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|AUTH|SESSION|COOKIE|DSN)(_|$)/i;
const FORM =
  /^(AKIA[0-9A-Z]{16}$|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_|glpat-|xox[abprs]-|sk-[A-Za-z0-9_-]{20,}|sk_live_|AIza[0-9A-Za-z_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ|-----BEGIN [A-Z ]*PRIVATE KEY|[a-z]+:\/\/[^/\s:@]+:[^/\s:@]+@)/;
const LEAST = 20;
/** Bits for each character; hexadecimal text reaches 4 at most, words of a language about 3. */
const RANDOM = { hex: 3.3, mixed: 4.2 };

/** Shannon entropy in bits for each character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

function random(value: string): boolean {
  if (value.length < LEAST || !/^[A-Za-z0-9+/_=-]+$/.test(value) || value.startsWith('/')) return false;
  if (/^[\da-f]+$/i.test(value)) return value.length >= 32 && entropy(value) > RANDOM.hex;
  return /\d/.test(value) && /[a-z]/i.test(value) && entropy(value) > RANDOM.mixed;
}

/** Why this looks like a secret; null when it does not. */
export function secretLike(name: string, value: string): 'name' | 'form' | 'randomness' | null {
  if (value === '') return null;
  if (FORM.test(value)) return 'form';
  if (NAME.test(name) && !/^(true|false|\d{1,5}|none|null|off|on)$/i.test(value)) return 'name';
  return random(value) ? 'randomness' : null;
}
