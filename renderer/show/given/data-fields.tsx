/** JSON that the script finds as files, and with the helper. */
import { useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextArea } from '../../ui/field.tsx';
import { count } from '../format.ts';
import type { Given, Pair } from './data.ts';
import { Pairs } from './pairs.tsx';

export interface Typed {
  /** JSON; blank: none. */
  readonly input: string;
  /** Values are JSON. */
  readonly variables: readonly Pair[];
}

/** What is given, in a few words. */
export function dataWords(given: Given): { value: string; wrong: boolean } {
  if (given.input || given.variables.size > 0) return { value: 'has a mistake', wrong: true };
  const variables = Object.keys(given.data.variables ?? {}).length;
  const parts = [...('input' in given.data ? ['input'] : []), ...(variables > 0 ? [count(variables, 'variable')] : [])];
  return { value: parts.length > 0 ? parts.join(', ') : 'none', wrong: false };
}

/** `given` is what {@link Typed} was read as. */
export function DataFields({
  typed,
  given,
  onChange,
}: {
  typed: Typed;
  given: Given;
  onChange: (change: Partial<Typed>) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { input: problem } = given;
  const show = (): void => {
    if (!problem) return;
    field.current?.focus();
    field.current?.setSelectionRange(problem.at, problem.at + 1);
  };
  return (
    <div className="flex flex-col gap-4">
      <div>
        <label className="block">
          <span className="mb-1 block text-muted">
            Input: any JSON, in <code className="font-mono text-sm">/workspace/data/input.json</code> and from{' '}
            <code className="font-mono text-sm">bellglass.input()</code>
          </span>
          <TextArea
            ref={field}
            aria-label="Input as JSON"
            aria-invalid={problem !== null}
            rows={3}
            className="w-full font-mono text-sm"
            placeholder='{"rows": [1, 2, 3]}'
            value={typed.input}
            onChange={(event) => onChange({ input: event.target.value })}
          />
        </label>
        {problem && (
          <p className="mt-1 flex items-center gap-2 text-sm text-red">
            {problem.problem}
            <Button size="sm" onClick={show}>
              Show the place
            </Button>
          </p>
        )}
      </div>
      <Pairs
        what="variable of the script"
        hint='JSON: 5, true, "text"'
        pairs={typed.variables}
        problems={given.variables}
        onChange={(variables) => onChange({ variables })}
        note="Variables: JSON values by name, from bellglass.get_variable()."
      />
    </div>
  );
}
