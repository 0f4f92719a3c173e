/** Tokens and what REST needs of a scripted core: in memory only. */
import { randomUUID } from 'node:crypto';
import type { Token, TokenCard } from '#shared/domain/token.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { BegunApi, RemoteApi, TokensApi } from '../../core.ts';
import { readCeilings } from '../../remote/token-document.ts';

export function scriptedTokens(): TokensApi {
  const cards = new Map<string, TokenCard>();
  const secrets = new Map<string, Token>();
  return {
    list: async () => [...cards.values()],
    async add(name, wanted) {
      const card = { name, created: new Date(0).toISOString(), ...wanted };
      const token = `bgt_${randomUUID()}`;
      cards.set(name, card);
      const { policy, policies, ceilings, quota } = wanted;
      secrets.set(token, {
        name,
        policy,
        policies: [policy, ...policies],
        ceilings: readCeilings(ceilings),
        quota,
      });
      return { token, card };
    },
    async remove(name) {
      if (!cards.delete(name)) throw new AppError({ code: 'input-invalid', message: `There is no token ${name}.` });
      for (const [secret, token] of secrets) if (token.name === name) secrets.delete(secret);
    },
    find: async (secret) => secrets.get(secret) ?? null,
  };
}

function scriptedBegun(): BegunApi {
  const owners = new Map<string, string>();
  const keys = new Map<string, { id: string; request: string }>();
  return {
    ownerOf: (id) => owners.get(id) ?? null,
    byKey: (key) => keys.get(key) ?? null,
    remember(id, token, key) {
      owners.set(id, token);
      if (key !== null) keys.set(key.key, { id, request: key.request });
    },
  };
}

export function scriptedRemote(): RemoteApi {
  return {
    runs: scriptedBegun(),
    workflows: scriptedBegun(),
    metrics: async () => ({
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: '# TYPE bellglass_runs_active gauge\nbellglass_runs_active 0\n',
    }),
  };
}
