/** How the person likes the list, kept in this browser. */
const KEY = 'bellglass.runs.';

/** What was kept under a name, else `otherwise`. */
export function kept<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(KEY + name);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: unknown): void {
  localStorage.setItem(KEY + name, JSON.stringify(value));
}
