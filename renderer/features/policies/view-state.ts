/** What the Policies view shows of itself; kept while other views are shown. */
import { create } from 'zustand';
import type { FieldPath } from '#shared/domain/policy.ts';

export type EditorTab = 'form' | 'yaml' | 'diff';

export type PolicyDialog =
  | { readonly kind: 'new'; readonly from: string | null }
  | { readonly kind: 'rename' | 'copy-as'; readonly name: string }
  | { readonly kind: 'import'; readonly files: readonly { readonly name: string; readonly text: string }[] }
  | { readonly kind: 'compare'; readonly left: string; readonly right: string };

interface ViewState {
  readonly tab: EditorTab;
  /** Part of a name. */
  readonly filter: string;
  readonly dialog: PolicyDialog | null;
  /** A field that the form shows and focuses next; a new object goes there again. */
  readonly goToField: { readonly path: FieldPath } | null;
  /** A place in the YAML that is shown next, 1-based. */
  readonly goToLine: { readonly line: number; readonly column: number } | null;
}

export const usePolicyView = create<ViewState>(() => ({
  tab: 'form',
  filter: '',
  dialog: null,
  goToField: null,
  goToLine: null,
}));

export const showDialog = (dialog: PolicyDialog | null): void => usePolicyView.setState({ dialog });
export const showTab = (tab: EditorTab): void => usePolicyView.setState({ tab });

/** Shows a setting in the form, with the focus on its control. */
export function showField(path: FieldPath): void {
  usePolicyView.setState({ tab: 'form', goToField: { path } });
}

/** Shows a place in the YAML. */
export function showLine(line: number, column: number): void {
  usePolicyView.setState({ tab: 'yaml', goToLine: { line, column } });
}
