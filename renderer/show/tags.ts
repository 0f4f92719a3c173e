/** Tags as a person types them: words separated by spaces. */
import { MARK_LIMITS, tagSchema } from '#shared/contract/history.ts';

/** Each once, in lower case. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/\s+/u).filter(Boolean))];
}

/** Why a text cannot be tags, or null. */
export function checkTags(text: string): string | null {
  const tags = tagsOf(text);
  if (tags.length > MARK_LIMITS.tags) return `At most ${MARK_LIMITS.tags} tags.`;
  const wrong = tags.find((one) => !tagSchema.safeParse(one).success);
  if (wrong === undefined) return null;
  return `“${wrong.slice(0, 40)}” is not a tag: one word without comma, colon or quotation mark.`;
}
