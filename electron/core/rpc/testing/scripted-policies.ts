/** The `policies` half of the scripted core: own policies in memory, one of them broken since its last good version. */
import type { OwnPolicy, PolicyContext, ProjectApproval } from '#shared/contract/policies.ts';
import type { Problem } from '#shared/domain/policy-document.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { GIB } from '#shared/lib/units.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import type { PoliciesApi, PoliciesMessage } from '../../core.ts';
import { Broadcast } from './broadcast.ts';
import { capabilities } from './scripted-system.ts';

const FOLDER = '/home/person/.config/bellglass/policies';
const DAY_MS = 86_400_000;

interface Kept {
  text: string;
  policy: OwnPolicy;
}

const TEXTS = {
  'data-team': `# What the data team's nightly jobs get.
trust_level: trusted
description: Nightly data jobs
resources:
  memory: 256 MiB
  wall_time: 20 min
network:
  mode: restricted
  allow:
    add:
      - api.example.com:443
x-owner: data@example.com
`,
  'quick-look': `trust_level: untrusted
description: A first look at something new
resources:
  memory: 96 MiB
  processes: 12
`,
  'old-crawler': `trust_level: limited
description: Reads pages of one site
resources:
  memroy: 128 MiB
  wall_time: 10 min
`,
} as const;

function refuse(message: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, next });
}

const pathOf = (name: string): string => `${FOLDER}/${name}.yaml`;

/** The last good version of `old-crawler`, from before its typing error. */
const GOOD_CRAWLER = TEXTS['old-crawler'].replace('memroy', 'memory');

const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Own policies that live as long as the core does. */
export function scriptedPolicies(): PoliciesApi {
  const kept = new Map<string, Kept>();
  const approved = new Map<string, ProjectApproval>();
  const changes = new Broadcast<PoliciesMessage>();
  let revisions = 0;
  const nextRevision = (): string => {
    revisions += 1;
    return String(revisions).padStart(16, '0');
  };
  const context: PolicyContext = {
    values: {},
    ceilings: { 'resources.memory': 4 * GIB },
    defaultPolicy: 'untrusted',
    perRuntime: { python: 'quick-look' },
    mountFolders: ['/home/person/data'],
    capabilities,
    folder: FOLDER,
  };
  for (const name of Object.keys(TEXTS) as (keyof typeof TEXTS)[]) {
    const opened = { 'data-team': 2, 'quick-look': 0, 'old-crawler': 120 }[name];
    kept.set(name, {
      text: TEXTS[name],
      policy: {
        name,
        path: pathOf(name),
        revision: nextRevision(),
        document: readPolicy(pathOf(name), name, name === 'old-crawler' ? GOOD_CRAWLER : TEXTS[name]).document,
        problems: readPolicy(pathOf(name), name, TEXTS[name]).problems,
        modifiedAt: Date.now() - (opened + 1) * DAY_MS,
        openedAt: Date.now() - opened * DAY_MS,
        usedBy: name === 'quick-look' ? ['runtime_policy.python'] : [],
      },
    });
  }
  const find = (name: string): Kept => {
    const found = kept.get(name);
    if (found) return found;
    throw refuse(`There is no policy ${JSON.stringify(name)}.`, 'Choose one from the list.');
  };
  const same = (name: string, revision: string): Kept => {
    const found = find(name);
    if (found.policy.revision === revision) return found;
    throw refuse(`${name} was changed meanwhile.`, 'Open it again, then make your change.');
  };
  const put = (name: string, text: string, policy: OwnPolicy): OwnPolicy => {
    kept.set(name, { text, policy });
    changes.send({ type: 'changed', policy: structuredClone(policy) });
    return structuredClone(policy);
  };
  const all = () => [...kept.values()].map(({ policy }) => structuredClone(policy));
  return {
    list: async () => ({ policies: all(), context }),
    async *watch(signal) {
      yield { type: 'all', policies: all(), context };
      yield* changes.listen(signal);
    },
    async get(name) {
      const { policy, text } = find(name);
      return { policy: structuredClone(policy), text };
    },
    async opened(name) {
      const { text, policy } = find(name);
      put(name, text, { ...policy, openedAt: Date.now() });
    },
    async save(name, text, revision) {
      if (revision === null && kept.has(name))
        throw refuse(`There is a policy ${name} already.`, 'Choose another name.');
      const before = revision === null ? null : same(name, revision).policy;
      const { document, problems } = readPolicy(pathOf(name), name, text);
      const error = problems.find(isError);
      if (error) {
        const { file, line, column, message, fix } = error;
        throw new AppError({ code: 'policy-invalid', message: `${file}:${line}:${column}: ${message}`, next: fix });
      }
      return put(name, text, {
        name,
        path: pathOf(name),
        revision: nextRevision(),
        document,
        problems,
        modifiedAt: Date.now(),
        openedAt: Date.now(),
        usedBy: before?.usedBy ?? [],
      });
    },
    async rename(name, to, revision) {
      const { text, policy } = same(name, revision);
      if (kept.has(to)) throw refuse(`There is a policy ${to} already.`, 'Choose another name.');
      kept.delete(name);
      changes.send({ type: 'removed', name });
      const document = policy.document === null ? null : { ...policy.document, name: to };
      return put(to, text, { ...policy, name: to, path: pathOf(to), revision: nextRevision(), document });
    },
    async remove(name, revision) {
      same(name, revision);
      kept.delete(name);
      changes.send({ type: 'removed', name });
    },
    approvals: () => [...approved.values()],
    async approveProject(path, hash) {
      approved.set(path, { path, hash, at: Date.now() });
    },
    async revokeProject(path) {
      approved.delete(path);
    },
  };
}
