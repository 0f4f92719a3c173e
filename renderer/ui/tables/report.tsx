/** A table that tells what came of something, line by line. */
import clsx from 'clsx';
import type { ReactNode } from 'react';

export interface ReportColumn {
  readonly title: ReactNode;
  /** Classes of the head's cell: its width, another colour. */
  readonly className?: string;
}

/** `children` are its rows. A caption that is not shown is still said. */
export function ReportTable({
  caption,
  captionShown = false,
  columns,
  children,
}: {
  caption: string;
  captionShown?: boolean;
  columns: readonly ReportColumn[];
  children: ReactNode;
}) {
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <caption className={captionShown ? 'mb-1 text-left font-semibold' : 'sr-only'}>{caption}</caption>
      <thead className="text-sm text-muted">
        <tr className="border-b">
          {columns.map(({ title, className }, at) => (
            <th key={at} scope="col" className={clsx('py-1 pr-3 font-normal last:pr-0', className)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
