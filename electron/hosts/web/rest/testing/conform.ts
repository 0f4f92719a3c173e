/** Whether answers are what the OpenAPI document promises, judged by a validator that knows nothing of the contract. For tests. */
import Ajv from 'ajv/dist/2020.js';

interface Media {
  readonly schema?: object;
}
interface Answer {
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer>>;
}
export interface Document {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

function operationAt({ paths }: Document, method: string, path: string): Operation | null {
  for (const [template, operations] of Object.entries(paths)) {
    const source = template
      .replaceAll('.', String.raw`\.`)
      .replace(/\{(\w+)\}/g, (_, name) => (name === 'path' ? '.+' : '[^/]+'));
    if (new RegExp(`^${source}$`).test(path))
      return operations[method.toLowerCase()] ?? Object.values(operations)[0] ?? null;
  }
  return null;
}

/** Checks an answer's status, type, headers and body; gives back the body. Throws what does not conform. */
export function createConformer(document: Document) {
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  return async (method: string, path: string, response: Response): Promise<string> => {
    const operation = operationAt(document, method, path.split('?')[0] ?? '');
    const where = `${method} ${path} ${response.status}`;
    const promised = operation?.responses[String(response.status)];
    const text = await response.text();
    if (promised === undefined) throw new Error(`${where} is not in the document: ${text.slice(0, 300)}`);
    for (const name of Object.keys(promised.headers ?? {}))
      if (!response.headers.has(name) && name !== 'Retry-After') throw new Error(`${where} has no ${name}`);
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    if (promised.content === undefined && text === '') return text;
    const media = promised.content?.[type];
    if (media === undefined) throw new Error(`${where} has the type ${type}, which is not in the document`);
    if (!type.endsWith('json')) return text;
    const valid = ajv.validate({ ...media.schema, components: document.components }, JSON.parse(text));
    if (!valid) throw new Error(`${where}: ${ajv.errorsText()} in ${text.slice(0, 500)}`);
    return text;
  };
}
