/** Names of images as registries know them (IMG-2): checked before anybody asks an engine. Pure. */
import { invalid } from '../kinds.ts';

const HOST = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?`;
const PART = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
const REFERENCE = new RegExp(
  String.raw`^(?:(${HOST})/)?(${PART}(?:/${PART})*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);
const LENGTH = 255;

/** Throws AppError `policy-invalid` for anything that is not `[host[:port]/]path[:tag][@sha256:…]`. */
export function checkReference(text: string): void {
  const match = text.length <= LENGTH ? REFERENCE.exec(text) : null;
  if (match === null)
    throw invalid(
      `${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)} is not the name of an image.`,
      'A name is lower case, with a tag after a colon or a digest after `@`.',
      'Write it like `golang:1.22` or `registry.example:5000/team/tool:2`.',
    );
}

/** With the tag `latest` where neither tag nor digest is named: without one an engine would fetch every tag. */
export function fullReference(text: string): string {
  const match = REFERENCE.exec(text);
  return match !== null && match[3] === undefined && match[4] === undefined ? `${text}:latest` : text;
}
