import { useRef, useState, type KeyboardEvent } from 'react';
import { toAppError } from '#shared/lib/app-error.ts';
import type { FieldPath } from '#shared/domain/policy.ts';
import { anyField } from '#shared/policy/fields.ts';

/** A kind whose value is written in one line or chosen from few words. */
export function editsInPlace(path: FieldPath): boolean {
  const { name } = anyField(path).kind;
  return path !== 'files.mounts' && name !== 'map';
}

const BOX =
  'h-full w-full min-w-0 bg-panel px-2 font-mono text-sm text-text outline-2 -outline-offset-2 outline-accent aria-invalid:outline-red';

/** The value of one cell while it is edited: Enter or leaving takes it, Esc gives it up. */
export function CellEditor({
  path,
  value,
  label,
  onDone,
}: {
  path: FieldPath;
  value: unknown;
  label: string;
  /** With the new value, or null when it stays as it was. `back`: the focus belongs to the cell again. */
  onDone: (taken: { readonly value: unknown } | null, back: boolean) => void;
}) {
  const { kind } = anyField(path);
  const shown = kind.format(value);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState('');
  const done = useRef(false);
  const end = (taken: { value: unknown } | null, back: boolean): void => {
    if (done.current) return;
    done.current = true;
    onDone(taken, back);
  };
  const take = (back: boolean): void => {
    try {
      const parsed = kind.parse(text);
      end(kind.format(parsed) === shown ? null : { value: parsed }, back);
    } catch (thrown) {
      if (back) {
        const { message, why = '' } = toAppError(thrown);
        setWrong(`${message} ${why}`.replaceAll('`', ''));
      } else end(null, false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Enter') take(true);
    else if (event.key === 'Escape') end(null, true);
    else return;
    event.preventDefault();
  };
  if (kind.choices)
    return (
      <select
        ref={(box) => box?.focus()}
        aria-label={label}
        className={BOX}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => take(false)}
        onKeyDown={onKeyDown}
      >
        {kind.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  return (
    <>
      <input
        ref={(box) => {
          if (box && document.activeElement !== box) {
            box.focus();
            box.select();
          }
        }}
        aria-label={label}
        aria-invalid={wrong !== ''}
        autoComplete="off"
        spellCheck={false}
        className={BOX}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setWrong('');
        }}
        onBlur={() => take(false)}
        onKeyDown={onKeyDown}
      />
      {wrong !== '' && (
        <span
          role="alert"
          className="absolute top-full left-0 z-30 w-64 rounded-md border border-red bg-panel px-2 py-1 text-sm whitespace-normal text-red"
        >
          {wrong}
        </span>
      )}
    </>
  );
}
