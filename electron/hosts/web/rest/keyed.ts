/** Idempotency keys (HOST-3): the same key with the same request is the same run or workflow, also after a restart. */
import { createHmac } from 'node:crypto';
import { canonical } from '#shared/audit/line.ts';
import type { BegunApi } from '#core/core.ts';
import type { Token } from '#shared/domain/token.ts';
import { refusal } from './answers.ts';

/** Who asks; `secret` is the token as it was sent. */
export interface Asker {
  readonly token: Token;
  readonly secret: string;
}

interface Begun {
  readonly request: string;
  readonly id: Promise<string>;
}

/** Both signed. */
interface Signed {
  readonly key: string;
  readonly request: string;
}

export class Keyed {
  readonly #what: 'run' | 'workflow';
  readonly #kept: BegunApi;
  /** Under way, so that two requests with one key at one time are one. */
  readonly #begun = new Map<string, Begun>();

  constructor(what: 'run' | 'workflow', kept: BegunApi) {
    this.#what = what;
    this.#kept = kept;
  }

  /** Does `start`, which resolves with an id, or finds what was begun under this key. Throws the refusal `reused`. */
  async begin(
    request: { readonly id?: string | undefined },
    { secret }: Asker,
    start: (key: Signed | null) => Promise<string>,
  ): Promise<string> {
    if (request.id === undefined) return await start(null);
    const prefix = this.#what === 'run' ? '' : 'workflow ';
    // By the token, which is nowhere on disk: nobody can guess a secret of the request from what is kept.
    const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('hex');
    const key = {
      key: sign(`${prefix}key ${request.id}`),
      request: sign(`${prefix}request ${canonical(request)}`),
    };
    const there = this.#begun.get(key.key) ?? this.#written(key.key);
    if (there !== null) {
      if (there.request === key.request) return await there.id;
      throw refusal(
        'reused',
        'This `id` was used before with another request.',
        `An \`id\` stands for one request and its ${this.#what}.`,
        'Choose another `id`, or send the same request.',
      );
    }
    const id = start(key);
    this.#begun.set(key.key, { request: key.request, id });
    try {
      return await id;
    } finally {
      this.#begun.delete(key.key);
    }
  }

  /** Throws 404 for what is not this token's. */
  owned(id: string, { token }: Pick<Asker, 'token'>): void {
    if (this.#kept.ownerOf(id) === token.name) return;
    throw refusal(
      'notFound',
      `There is no such ${this.#what}.`,
      `A token sees the ${this.#what}s that it began.`,
      'Check the id.',
    );
  }

  #written(key: string): Begun | null {
    const kept = this.#kept.byKey(key);
    return kept === null ? null : { request: kept.request, id: Promise.resolve(kept.id) };
  }
}
