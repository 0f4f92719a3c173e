/** One map of a foreign document: its keys are taken one by one, whatever their case, and those left over are reported. Pure. */
import type { Given, Report } from './draft.ts';
import { keyForm, type MapEntry, type MapTree, type Tree } from './source.ts';

/** How a value is shown in the report when it is more than a word. */
export function shownTree(tree: Tree): string {
  if (tree.kind === 'text') return tree.text;
  return tree.kind === 'list' ? `[${tree.items.length}]` : `{${tree.entries.length}}`;
}

export function givenOf(path: string, tree: Tree): Given {
  return { path, text: shownTree(tree), at: tree.at };
}

export class Section {
  readonly path: string;
  readonly report: Report;
  readonly tree: MapTree;
  readonly #left = new Map<string, MapEntry>();

  constructor(path: string, tree: MapTree, report: Report) {
    this.path = path;
    this.tree = tree;
    this.report = report;
    for (const entry of tree.entries) {
      const form = keyForm(entry.key);
      const given = givenOf(this.#pathOf(entry), entry.value);
      if (this.#left.has(form))
        report.refuse(given, 'The same key is there twice, in another spelling; the first one counts.');
      else this.#left.set(form, entry);
    }
  }

  #pathOf(entry: MapEntry): string {
    return this.path === '' ? entry.key : `${this.path}.${entry.key}`;
  }

  /** Takes the first of these keys that is there; a null counts as absent. */
  take(...names: string[]): { path: string; tree: Tree } | undefined {
    for (const name of names) {
      const form = keyForm(name);
      const entry = this.#left.get(form);
      if (entry === undefined) continue;
      this.#left.delete(form);
      if (entry.value.kind === 'text' && entry.value.empty) continue;
      return { path: this.#pathOf(entry), tree: entry.value };
    }
    return undefined;
  }

  #wrong(path: string, tree: Tree, wanted: string): undefined {
    this.report.refuse(givenOf(path, tree), `This is not ${wanted}.`);
    return undefined;
  }

  text(...names: string[]): Given | undefined {
    const found = this.take(...names);
    if (found === undefined) return undefined;
    return found.tree.kind === 'text'
      ? givenOf(found.path, found.tree)
      : this.#wrong(found.path, found.tree, 'a single value');
  }

  section(...names: string[]): Section | undefined {
    const found = this.take(...names);
    if (found === undefined) return undefined;
    return found.tree.kind === 'map'
      ? new Section(found.path, found.tree, this.report)
      : this.#wrong(found.path, found.tree, 'a map');
  }

  /** Every entry, with a section for each map. */
  *entries(): Generator<{ key: string; path: string; tree: Tree }> {
    for (const entry of this.tree.entries) yield { key: entry.key, path: this.#pathOf(entry), tree: entry.value };
  }

  /** Items of a list; one single value counts as a list of it. */
  items(...names: string[]): { path: string; tree: Tree }[] {
    const found = this.take(...names);
    if (found === undefined) return [];
    if (found.tree.kind !== 'list') return [found];
    return found.tree.items.map((tree, index) => ({ path: `${found.path}[${index}]`, tree }));
  }

  /** Words of a list; what is not a word is refused. */
  texts(...names: string[]): Given[] {
    return this.items(...names).flatMap(({ path, tree }) => {
      if (tree.kind === 'text') return [givenOf(path, tree)];
      this.#wrong(path, tree, 'a single value');
      return [];
    });
  }

  /** `NAME: value` of a map, or `NAME=value` of a list. A name alone has a null value. */
  pairs(separator: RegExp, ...names: string[]): { name: string; value: string | null; given: Given }[] {
    const found = this.take(...names);
    if (found === undefined) return [];
    if (found.tree.kind === 'map')
      return found.tree.entries.map(({ key, value }) => {
        const path = `${found.path}.${key}`;
        return {
          name: key,
          value: value.kind === 'text' && !value.empty ? value.text : null,
          given: givenOf(path, value),
        };
      });
    const items = found.tree.kind === 'list' ? found.tree.items : [found.tree];
    return items.map((tree, index) => {
      const text = tree.kind === 'text' ? tree.text : '';
      const at = text.search(separator);
      const name = at < 0 ? text : text.slice(0, at);
      return {
        name: name.trim(),
        value: at < 0 ? null : text.slice(at + 1),
        given: givenOf(`${found.path}[${index}]`, tree),
      };
    });
  }

  /** True or false; undefined when absent, null when it is neither. */
  flag(...names: string[]): { value: boolean | null; given: Given } | undefined {
    const given = this.text(...names);
    if (given === undefined) return undefined;
    const word = given.text.trim().toLowerCase();
    const value = /^(?:true|yes|on|1)$/.test(word) ? true : /^(?:false|no|off|0)$/.test(word) ? false : null;
    return { value, given };
  }

  /** Takes these keys and says why nothing becomes of them. */
  skip(why: string, ...names: string[]): void {
    for (const name of names) {
      const found = this.take(name);
      if (found !== undefined) this.report.ignore(givenOf(found.path, found.tree), why);
    }
  }

  /** Reports every key that nobody took. */
  rest(why = 'Bellglass does not know this key.'): void {
    for (const entry of this.#left.values()) {
      if (entry.key.toLowerCase().startsWith('x-')) continue;
      this.report.ignore(givenOf(this.#pathOf(entry), entry.value), why);
    }
    this.#left.clear();
  }
}
