/** A sentence from the core: what stands in backticks is code. */
export function Prose({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="rounded bg-raised px-1 font-mono text-sm">
        {part}
      </code>
    ),
  );
}
