/** Rules about images, environment and the start of the script. */
import type { EffectivePolicy } from '../../../domain/policy.ts';
import { anyField } from '../../fields.ts';
import { plain, setTo, when, withoutKey } from '../fix.ts';
import type { Hit, Rule } from '../rule.ts';
import { secretLike } from '../secrets.ts';

const ENV = 'run.env';

/** Variables by which an interpreter or the loader takes up code before the script. */
const LOADERS =
  /^(LD_(PRELOAD|AUDIT|LIBRARY_PATH|DEBUG)|GCONV_PATH|PYTHON(STARTUP|PATH|HOME|INSPECT|WARNINGS|BREAKPOINT)|NODE_(OPTIONS|PATH)|BASH_ENV|ENV|PROMPT_COMMAND|PERL5(OPT|LIB|DB)|RUBY(OPT|LIB)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GIT_SSH(_COMMAND)?)$/;

function eachVariable(policy: EffectivePolicy, say: (name: string, value: string) => string | null): Hit[] {
  return Object.entries(policy.fields[ENV].value).flatMap(([name, value]) => {
    const message = say(name, value);
    return message === null ? [] : [{ message, fix: withoutKey(policy, ENV, name) }];
  });
}

const GUESSES = { name: 'by its name', form: 'by the form of its value', randomness: 'by how random its value is' };

/** The tag of a reference; `latest` when it has none, null when it is pinned or there is no image. */
function tagOf({ fields }: EffectivePolicy): string | null {
  const name = fields['image.name'].value;
  if (name === null || name.includes('@') || fields['image.digest'].value !== null) return null;
  return /:([^:/]+)$/.exec(name)?.[1] ?? 'latest';
}

export const run: readonly Rule[] = [
  {
    rule: 'secret-in-environment',
    severity: 'warning',
    field: ENV,
    reason: 'What a policy holds is kept in files, history and exports; a secret given with the run is kept nowhere.',
    reference: 'NIST SP 800-190, 3.1.4; CIS Docker Benchmark 1.2.0, 4.10; MITRE ATT&CK T1552.001',
    mends: 'Removes the variable; give it as a secret of the run instead.',
    check: (policy) =>
      eachVariable(policy, (name, value) => {
        const why = secretLike(name, value);
        return why === null ? null : `${plain(name)} looks like a secret ${GUESSES[why]}.`;
      }),
  },
  {
    rule: 'loader-variable',
    severity: 'warning',
    field: ENV,
    reason: 'It makes an interpreter or the loader take up other code or options before the script itself.',
    reference: 'Linux manual, ld.so(8); MITRE ATT&CK T1574.006 and T1574.007',
    mends: 'Removes the variable.',
    check: (policy) =>
      eachVariable(policy, (name) =>
        LOADERS.test(name) ? `${plain(name)} changes what is loaded before the script.` : null,
      ),
  },
  {
    rule: 'path-variable',
    severity: 'warning',
    field: ENV,
    reason: 'With a search path of its own, a script finds programs that somebody else put there.',
    reference: 'CWE-426, untrusted search path; MITRE ATT&CK T1574.007',
    mends: 'Removes the variable.',
    check: (policy) =>
      eachVariable(policy, (name, value) =>
        name === 'PATH' && value.split(':').some((part) => !/^\/(usr\/(local\/)?)?s?bin$/.test(part))
          ? 'PATH names folders other than those of the image.'
          : null,
      ),
  },
  {
    rule: 'own-variable',
    severity: 'info',
    field: ENV,
    reason: 'Names that begin with BELLGLASS_ tell the script about its run; another value misleads it.',
    reference: 'RUN-9: environment of a run',
    mends: 'Removes the variable.',
    check: (policy) =>
      eachVariable(policy, (name) =>
        name.startsWith('BELLGLASS_') ? `${plain(name)} is one of Bellglass's own.` : null,
      ),
  },
  {
    rule: 'image-by-tag',
    severity: 'warning',
    field: 'image.digest',
    reason: 'Whoever owns the name can put another image behind the same tag.',
    reference: 'NIST SP 800-190, 3.1.5, use of untrusted images; OCI Image Specification, descriptors',
    mends: 'None: the digest has to be looked up where the image comes from.',
    check: (policy) =>
      when(
        tagOf(policy) !== null,
        () => `${plain(policy.fields['image.name'].value ?? '')} is named by tag, without a digest.`,
        () => null,
      ),
  },
  {
    rule: 'image-latest',
    severity: 'warning',
    field: 'image.name',
    reason: '`latest` is whatever was pushed last, so two runs may use two images.',
    reference: 'NIST SP 800-190, 3.2.2, stale images in registries',
    mends: 'None: which version is meant cannot be told from here.',
    check: (policy) =>
      when(
        tagOf(policy) === 'latest',
        () => `${plain(policy.fields['image.name'].value ?? '')} has no version.`,
        () => null,
      ),
  },
  {
    rule: 'always-pulls-a-tag',
    severity: 'warning',
    field: 'image.pull',
    reason: 'Each run takes what the registry has at that moment, reviewed or not.',
    reference: 'NIST SP 800-190, 3.1.5, use of untrusted images',
    mends: 'Uses `if-not-present`.',
    check: (policy) =>
      when(
        tagOf(policy) !== null && policy.fields['image.pull'].value === 'always',
        () => 'The image is pulled before every run, by tag.',
        () => setTo('image.pull', 'if-not-present'),
      ),
  },
  {
    rule: 'never-pulls-latest',
    severity: 'info',
    field: 'image.pull',
    reason: 'An image that is never pulled keeps the holes that it had on the day it came.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.27; NIST SP 800-190, 3.1.1',
    mends: 'Uses `if-not-present`.',
    check: (policy) =>
      when(
        tagOf(policy) === 'latest' && policy.fields['image.pull'].value === 'never',
        () => 'The image has no version and is never pulled.',
        () => setTo('image.pull', 'if-not-present'),
      ),
  },
  {
    rule: 'other-image',
    severity: 'info',
    field: 'image.name',
    reason: 'An image of somebody else may hold setuid files, package managers and tools for an attack.',
    reference: 'IMG-1; CIS Docker Benchmark 1.2.0, 4.2 and 4.3',
    mends: 'Uses the hardened runtime images.',
    check: ({ fields }) =>
      when(
        fields['image.name'].value !== null,
        () => `${plain(fields['image.name'].value ?? '')} is not one of the hardened images.`,
        () => setTo('image.name', null, 'Use the hardened images'),
      ),
  },
  {
    rule: 'own-start',
    severity: 'info',
    field: 'run.entrypoint',
    reason: "What was shown as the script may not be what runs: another program is started in the interpreter's place.",
    reference: 'RUN-1: the bytes run as given',
    mends: "Uses the runtime's own interpreter.",
    check: ({ fields }) =>
      when(
        fields['run.entrypoint'].value !== null,
        () => `The run starts with ${plain(fields['run.entrypoint'].value?.join(' ') ?? '')}.`,
        () => setTo('run.entrypoint', null, "Use the runtime's own"),
      ),
  },
  {
    rule: 'warm-interpreter',
    severity: 'info',
    field: 'run.warm_interpreter',
    reason: 'An interpreter that was started beforehand was not started for this script alone.',
    reference: 'RUN-11: what is warm is single-use',
    mends: 'Starts an interpreter of its own.',
    check: ({ fields }) =>
      when(
        fields['run.warm_interpreter'].value,
        () => 'A started interpreter is taken.',
        () => setTo('run.warm_interpreter', false),
      ),
  },
  {
    rule: 'network-unobserved',
    severity: 'info',
    field: 'run.observe',
    reason: 'With network and without observation nobody can say afterwards which file was sent.',
    reference: 'NIST SP 800-190, 4.4.4; OBS-1',
    mends: 'Turns observation on, where this version has it.',
    check: ({ fields }) =>
      when(
        fields['network.mode'].value !== 'none' && !fields['run.observe'].value,
        () => 'The network is on and the run is not observed.',
        () => (anyField('run.observe').notYet?.(true) ? null : setTo('run.observe', true)),
      ),
  },
];
