/** SELinux labels as engines take them: one option for each part. */

/** `type:a,level:s0:c1,c2` → its parts; a name alone is a type. `auto` has none. */
export function labelParts(label: string): string[] {
  if (label === 'auto') return [];
  return label.split(/,(?=(?:user|role|type|level):)/).map((part) => (part.includes(':') ? part : `type:${part}`));
}
