/** Files and folders as virtual rows: arrows move, left and right close and open a folder. */
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ChevronDown, ChevronRight, File, FileCode, FileImage, FileText, Folder, Table } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { TakenFile } from '#shared/domain/exchange.ts';
import { showBytes } from '#shared/lib/units.ts';
import { count } from '../../../../show/format.ts';
import { Icon, type LucideIcon } from '../../../../ui/icon.tsx';
import { imageType } from './model/kind.ts';
import { rowsOf, type Row } from './model/tree.ts';

const ROW = 28;

function iconOf({ type, path, executable }: TakenFile): LucideIcon {
  if (type === 'folder') return Folder;
  if (imageType(path)) return FileImage;
  if (executable) return FileCode;
  if (/\.[ct]sv$/i.test(path)) return Table;
  return /\.(?:json|txt|md|log|xml|ya?ml|html?)$/i.test(path) ? FileText : File;
}

export function Tree({
  files,
  chosen,
  onChoose,
}: {
  files: readonly TakenFile[];
  chosen: string | null;
  onChoose: (path: string) => void;
}) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | null>(chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(files, closed), [files, closed]);
  const index = Math.max(
    0,
    rows.findIndex(({ file }) => file.path === at),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const go = (row: Row | undefined): void => {
    if (!row) return;
    setAt(row.file.path);
    if (row.file.type === 'file') onChoose(row.file.path);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const turn = (path: string, open: boolean): void => {
    const next = new Set(closed);
    if (open) next.delete(path);
    else next.add(path);
    setClosed(next);
  };
  const press = (row: Row): void => {
    go(row);
    if (row.file.type === 'folder') turn(row.file.path, closed.has(row.file.path));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[index];
    if (!row) return;
    const folder = row.file.type === 'folder';
    if (event.key === 'ArrowDown') go(rows[index + 1]);
    else if (event.key === 'ArrowUp') go(rows[index - 1]);
    else if (event.key === 'Home') go(rows[0]);
    else if (event.key === 'End') go(rows.at(-1));
    else if (event.key === 'ArrowRight' && folder) turn(row.file.path, true);
    else if (event.key === 'ArrowLeft' && folder && !closed.has(row.file.path)) turn(row.file.path, false);
    else if (event.key === 'ArrowLeft') go(rows.findLast(({ depth }, place) => place < index && depth < row.depth));
    else if (event.key === 'Enter' || event.key === ' ') press(row);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Files"
      tabIndex={0}
      aria-activedescendant={rows[index] ? `file-${index}` : undefined}
      onKeyDown={onKeyDown}
      className="h-full overflow-auto py-1"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const { file, name, depth, inside } = row;
          const folder = file.type === 'folder';
          return (
            <button
              type="button"
              tabIndex={-1}
              key={file.path}
              id={`file-${item.index}`}
              role="treeitem"
              aria-level={depth + 1}
              aria-selected={file.path === chosen}
              aria-expanded={folder ? !closed.has(file.path) : undefined}
              onClick={() => press(row)}
              className={clsx(
                'absolute inset-x-0 top-0 flex text-left items-center gap-2 pr-4',
                file.path === chosen ? 'bg-accent-pale' : 'hover:bg-raised',
                item.index === index &&
                  'ring-line-strong [[role=tree]:focus-visible_&]:ring-1 [[role=tree]:focus-visible_&]:ring-inset',
              )}
              style={{ height: ROW, transform: `translateY(${item.start}px)`, paddingLeft: 12 + depth * 16 }}
            >
              <span className="inline-flex w-4 shrink-0 text-muted">
                {folder && <Icon of={closed.has(file.path) ? ChevronRight : ChevronDown} size={14} />}
              </span>
              <Icon of={iconOf(file)} className="shrink-0 text-muted" />
              <span className="min-w-0 flex-1 truncate" title={file.path}>
                {name}
              </span>
              {file.executable && <span className="shrink-0 text-sm text-muted">executable</span>}
              <span className="shrink-0 text-sm text-muted tabular-nums">
                {folder ? count(inside, 'file') : showBytes(file.size)}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
