/** Documents as they are found in the wild become policies of ours: nothing is loosened, and every line is accounted for (POL-4). Pure. */
import type { Problem } from '../../domain/policy-document.ts';
import { FIELD_PATHS } from '../fields.ts';
import { fromCompose } from './compose.ts';
import type { Conversion, Shape } from './conversion.ts';
import { fromDockerRun, isDockerRun } from './docker-run.ts';
import { Report, TooMuch, type Made } from './draft.ts';
import { fromKubernetes, isKubernetes } from './kubernetes.ts';
import { fromPolicies, fromWorkflows } from './runtimes.ts';
import { fromSecurity } from './security.ts';
import { keyForm, readSource, type MapTree, type Tree } from './source.ts';

const OWN = new Set(
  [...FIELD_PATHS.map((path) => path.split('.')[0] ?? ''), 'trust_level', 'description'].map(keyForm),
);

function shapeOf(roots: readonly Tree[]): Exclude<Shape, 'docker-run'> | null {
  if (roots.some((root) => isKubernetes(root))) return 'kubernetes';
  const [root] = roots;
  if (root?.kind !== 'map') return null;
  const value = (name: string): Tree | undefined =>
    root.entries.find(({ key }) => keyForm(key) === keyForm(name))?.value;
  const inside = value('security');
  const tasks = ['default_limits', 'task_policies', 'runtime_config'].map(keyForm);
  if (inside?.kind === 'map' && inside.entries.some(({ key }) => tasks.includes(keyForm(key)))) return 'security';
  if (root.entries.some(({ key }) => tasks.includes(keyForm(key)))) return 'security';
  if (value('services')?.kind === 'map') return 'compose';
  if (value('workflows')?.kind === 'map') return 'workflows';
  if (value('policies')?.kind === 'map') return 'policies';
  const keys = root.entries.map(({ key }) => key).filter((key) => !key.startsWith('x-'));
  return keys.some((key) => OWN.has(keyForm(key))) ? 'ours' : null;
}

/** Which of the known shapes a text has; null for none, and for what cannot be read. */
export function detectShape(text: string): Shape | null {
  if (isDockerRun(text)) return 'docker-run';
  return shapeOf(readSource('', text).roots);
}

function problem(file: string, code: string, message: string, fix: string): Problem {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1, severity: 'error', code, message, fix };
}

function nothing(problems: readonly Problem[]): Conversion {
  return { documents: [], settings: [], report: [], problems };
}

function made(
  shape: Exclude<Shape, 'ours' | 'docker-run'>,
  name: string,
  roots: readonly Tree[],
  report: Report,
): Made {
  if (shape === 'kubernetes') return fromKubernetes(name, roots, report);
  const root = roots[0] as MapTree;
  switch (shape) {
    case 'security':
      return fromSecurity(name, root, report);
    case 'policies':
      return fromPolicies(root, report);
    case 'workflows':
      return fromWorkflows(root, report);
    case 'compose':
      return fromCompose(root, report);
  }
}

/**
 * Policies from a document of another tool; `name` is what they are called where the document does not say.
 * What the source does not state gets the level's value, what no policy may have is refused, and settings are only asked about.
 * Never throws.
 */
export function convert(name: string, text: string): Conversion {
  try {
    return converted(name, text);
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    return nothing([
      problem(name, 'too-large', 'The document asks for more than policies can hold.', 'Split the file.'),
    ]);
  }
}

function converted(name: string, text: string): Conversion {
  const report = new Report();
  const dockerRun = isDockerRun(text);
  if (dockerRun && text.length > 64 * 1024)
    return nothing([problem(name, 'too-large', 'The command line is longer than 64 KiB.', 'Paste only the command.')]);
  let found: Made;
  if (dockerRun) found = fromDockerRun(name, text, report);
  else {
    const { roots, problems } = readSource(name, text);
    if (problems.length > 0) return nothing(problems);
    const shape = shapeOf(roots);
    if (shape === 'ours')
      return nothing([problem(name, 'not-foreign', 'This is a policy of Bellglass already.', 'Use it as it is.')]);
    if (shape === null)
      return nothing([
        problem(
          name,
          'unknown-shape',
          'This is no document that Bellglass can convert.',
          'Give a Compose file, a Kubernetes Pod, a `docker run` line, or a document with `security:`, `policies:` or `workflows:`.',
        ),
      ]);
    found = made(shape, name, roots, report);
  }
  if (found.drafts.length === 0 && found.settings.length === 0)
    return {
      ...nothing([
        problem(
          name,
          'empty',
          'There is nothing in it that could become a policy.',
          'Check that it has at least one entry.',
        ),
      ]),
      report: report.lines,
    };
  return {
    documents: found.drafts.map((draft) => draft.document()),
    settings: found.settings,
    report: report.lines,
    problems: [],
  };
}
