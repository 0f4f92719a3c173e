import clsx from 'clsx';
import { X } from 'lucide-react';
import { AlertDialog, Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { create } from 'zustand';
import { Button, IconButton } from '../button.tsx';
import { useFocusReturn } from './focus-back.ts';

const OVERLAY = 'fixed inset-0 z-40 bg-overlay';
const CONTENT =
  'layer-in fixed z-50 flex max-h-[calc(100vh-48px)] flex-col rounded-md border bg-panel focus:outline-none';

/** A modal layer. `Esc` closes it and only it; focus goes back to where it was. */
export function Dialog({
  title,
  description,
  onClose,
  wide = false,
  footer,
  children,
}: {
  title: string;
  description?: ReactNode;
  onClose: () => void;
  wide?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const returnFocus = useFocusReturn();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY} />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={returnFocus}
          onOpenAutoFocus={(event) => {
            // The layer itself, not its close button: a hint would open with it.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          className={clsx(
            CONTENT,
            'top-1/2 left-1/2 w-[calc(100vw-48px)] -translate-x-1/2 -translate-y-1/2',
            wide ? 'max-w-240' : 'max-w-140',
          )}
        >
          <header className="flex items-start gap-3 border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="text-muted">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" icon={X} size="sm" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
          {footer && <footer className="flex items-center gap-2 border-t px-4 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface Question {
  readonly title: string;
  readonly text: ReactNode;
  /** The word on the button that does it. */
  readonly action: string;
  readonly destructive?: boolean;
}

const useQuestion = create<{ question: Question | null; answer: (yes: boolean) => void }>(() => ({
  question: null,
  answer: () => {},
}));

/** Asks before something that cannot be taken back; resolves to the person's answer. */
export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    useQuestion.setState({
      question,
      answer: (yes) => {
        useQuestion.setState({ question: null });
        resolve(yes);
      },
    });
  });
}

/** Shows what {@link ask} asks; mounted once. */
export function AskHost() {
  const { question, answer } = useQuestion();
  return question && <Asked question={question} onAnswer={answer} />;
}

function Asked({ question, onAnswer: answer }: { question: Question; onAnswer: (yes: boolean) => void }) {
  const returnFocus = useFocusReturn();
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && answer(false)}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content
          onCloseAutoFocus={returnFocus}
          className={clsx(
            CONTENT,
            'top-1/2 left-1/2 w-[calc(100vw-48px)] max-w-110 -translate-x-1/2 -translate-y-1/2 p-4',
          )}
        >
          <AlertDialog.Title className="font-semibold">{question.title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-1 text-muted">{question.text}</div>
          </AlertDialog.Description>
          <div className="mt-4 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button variant={question.destructive ? 'destroy' : 'primary'} onClick={() => answer(true)}>
                {question.action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
