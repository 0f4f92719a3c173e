/** Runs the self-check and tells each line. */
import type { Core } from '#core/core.ts';
import type { SelfCheckLine } from '#shared/contract/system.ts';
import { printJson } from '../messages.ts';
import type { Outputs } from '../messages.ts';
import { oneLine } from '../output.ts';

/** One line for a person. */
export function selfCheckText({ ok, title, detail, ms }: SelfCheckLine): string {
  return oneLine(`${ok ? '✓' : '✗'} ${title} · ${Math.round(ms)} ms${detail === '' ? '' : ` · ${detail}`}`);
}

/** True when every line is ok. */
export async function tellSelfCheck(
  core: Core,
  outputs: Outputs,
  json: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  let good = true;
  for await (const line of core.system.selfCheck(signal)) {
    good &&= line.ok;
    if (json) await printJson(outputs.stdout, { type: 'self-check', ...line });
    else await outputs.stderr.write(`  ${selfCheckText(line)}\n`);
  }
  return good && !signal.aborted;
}
