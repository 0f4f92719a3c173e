import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import { toast } from './layers/toast.tsx';

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast('The browser refused access to the clipboard. Select the text and copy it by hand.', 'failed');
    return false;
  }
}

/** Copies text and shows for two seconds that it did. With `children` a button with words, else an icon. */
export function CopyButton({ text, label = 'Copy', words = false }: { text: string; label?: string; words?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const shared = { icon: copied ? Check : Copy, size: 'sm', onClick: () => void copy(text).then(setCopied) } as const;
  if (words) return <Button {...shared}>{copied ? 'Copied' : label}</Button>;
  return <IconButton {...shared} label={copied ? 'Copied' : label} />;
}

/** A command or value to copy, in mono. */
export function CopyLine({ text }: { text: string }) {
  return (
    <div className="flex items-center gap-1 rounded-md border bg-raised py-0.5 pr-0.5 pl-2">
      <code className="min-w-0 flex-1 overflow-x-auto font-mono text-sm whitespace-pre">{text}</code>
      <CopyButton text={text} label="Copy command" />
    </div>
  );
}
