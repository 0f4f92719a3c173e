/** What files become: policies of ours as they are, other shapes converted with a report. Pure. */
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import { convert, detectShape } from '#shared/policy/convert/convert.ts';
import type { AskedSetting, ReportLine, Shape } from '#shared/policy/convert/conversion.ts';
import { writePolicy } from '#shared/policy/document/index.ts';
import { freeName } from '../free-name.ts';
import { readText } from '../draft/text.ts';

export interface Imported {
  readonly file: string;
  /** What the file is, for a person. */
  readonly shape: string;
  readonly policies: readonly {
    /** Tells the policies of one import apart. */
    readonly id: string;
    /** A name that no policy has. */
    readonly name: string;
    readonly document: PolicyDocument;
    /** What would be written. */
    readonly text: string;
  }[];
  readonly report: readonly ReportLine[];
  readonly settings: readonly AskedSetting[];
  readonly problems: readonly Problem[];
}

const WORDS: Readonly<Record<Shape, string>> = {
  ours: 'a policy of Bellglass',
  security: 'a security document',
  policies: 'policies per runtime',
  workflows: 'resources of workflows',
  compose: 'a Compose file',
  'docker-run': 'a docker run line',
  kubernetes: 'a Kubernetes Pod',
};

/** `data.yaml` gives `data`; letters that no name may have become `-`. */
export function nameOfFile(file: string): string {
  const base = file.replace(/\.(ya?ml|json|txt|sh)$/iu, '').replaceAll(/[^A-Za-z0-9._-]+/gu, '-');
  return base.replaceAll(/^[.-]+|[.-]+$/gu, '').slice(0, 60) || 'imported';
}

/** Reads every file; names that are taken, or wanted twice, get a number. */
export function importing(
  files: readonly { readonly name: string; readonly text: string }[],
  taken: readonly string[],
): Imported[] {
  const used = [...taken];
  const named = (wanted: string): string => {
    const name = freeName(nameOfFile(wanted), used);
    used.push(name);
    return name;
  };
  return files.map(({ name: file, text }, at): Imported => {
    const shape = detectShape(text);
    const base = nameOfFile(file);
    if (shape === 'ours') {
      const { document, problems } = readText(base, text);
      return {
        file,
        shape: WORDS.ours,
        policies: document === null ? [] : [{ id: `${at}`, name: named(base), document, text }],
        report: [],
        settings: [],
        problems,
      };
    }
    const { documents, settings, report, problems } = convert(base, text);
    return {
      file,
      shape: shape === null ? 'not known' : WORDS[shape],
      policies: documents.map((document, index) => ({
        id: `${at} ${index}`,
        name: named(document.name),
        document,
        text: writePolicy(document),
      })),
      report,
      settings,
      problems,
    };
  });
}
