/** Which name stands behind which address, as the agent handed them out. */
import { nameAddress } from './places.ts';

/** Real addresses whose names are remembered, the oldest are forgotten first. */
const SEEN_MAX = 20_000;

export class Names {
  readonly #byName = new Map<string, string>();
  readonly #byAddress = new Map<string, string>();
  readonly #seen = new Map<string, string>();

  /** The name's own address inside the sandbox; null when they are used up. */
  addressFor(name: string): string | null {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const address = nameAddress(this.#byName.size);
    if (address === null) return null;
    this.#byName.set(name, address);
    this.#byAddress.set(address, name);
    return address;
  }

  /** The name that a relayed connection is for. */
  relayed(address: string): string | null {
    return this.#byAddress.get(address) ?? null;
  }

  /** Remembers that a name was answered with a real address. */
  saw(name: string, address: string): void {
    this.#seen.delete(address);
    this.#seen.set(address, name);
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value!);
  }

  /** The name that was last looked up for an address of either kind. */
  behind(address: string): string | null {
    return this.relayed(address) ?? this.#seen.get(address) ?? null;
  }
}
