/** Own policies over the contract. */
import { AppError } from '#shared/lib/app-error.ts';
import type { PoliciesApi } from '../core.ts';

/** Placeholder until the store is wired: every call says so. */
export function createPolicies(): PoliciesApi {
  const missing = (): never => {
    throw new AppError({ code: 'internal', message: 'This build has no policy store.', next: 'Update Bellglass.' });
  };
  return {
    list: async () => missing(),
    watch: () => missing(),
    get: async () => missing(),
    opened: async () => missing(),
    save: async () => missing(),
    rename: async () => missing(),
    remove: async () => missing(),
    approvals: missing,
    approveProject: async () => missing(),
    revokeProject: async () => missing(),
  };
}
