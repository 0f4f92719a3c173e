import { useId, useState } from 'react';
import { Button } from '../button.tsx';
import { focusOnMount, TextInput } from '../field.tsx';
import { Dialog } from './dialog.tsx';

/** Asks for one line of text. `check` says why a text cannot be taken, or null. */
export function TextDialog({
  title,
  description,
  label,
  initial,
  action,
  check,
  onDone,
  onClose,
}: {
  title: string;
  description?: string;
  label: string;
  initial: string;
  /** The word on the button that does it. */
  action: string;
  check: (text: string) => string | null;
  onDone: (text: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState(initial);
  const problem = check(text);
  const form = useId();
  return (
    <Dialog
      title={title}
      {...(description !== undefined && { description })}
      onClose={onClose}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} disabled={problem !== null}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) onDone(text);
        }}
      >
        <label className="flex flex-col gap-1">
          <span className="font-medium">{label}</span>
          <TextInput
            ref={focusOnMount}
            value={text}
            aria-invalid={problem !== null && text !== ''}
            aria-describedby={`${form}-problem`}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <p id={`${form}-problem`} role="status" className="mt-1 min-h-5 text-sm text-red">
          {text === '' ? '' : problem}
        </p>
      </form>
    </Dialog>
  );
}
