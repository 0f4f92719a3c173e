/** Policy files: reading, editing, writing, and their schema for editors (POL-4, POL-7). */
export { editPolicy, type Edit } from './edit/edit.ts';
export { readPolicy, type Position, type ReadPolicy } from './read.ts';
export { writePolicy } from './write.ts';
export { policyJsonSchema } from './schema.ts';
