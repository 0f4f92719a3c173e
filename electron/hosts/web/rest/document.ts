/** The OpenAPI document of the REST API, made from the contract (HOST-3). */
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { healthSchema, problemSchema, rest, statusSchema } from '#shared/contract/rest/rest.ts';
import { statusTable } from '#shared/contract/rest/rest-status.ts';
import { workflowStatusSchema } from '#shared/contract/rest/rest-workflows.ts';
import { violationSchema } from '#shared/domain/run.ts';

function description(): string {
  const rows = statusTable().map(
    ({ status, codes, meanings }) =>
      `| ${status} | ${codes.map((code) => `\`${code}\``).join(', ')} | ${meanings.join(' ')} |`,
  );
  return [
    'Runs scripts in sandboxes of this computer, by the same core as the app. Every refusal is a problem (RFC 9457) with a stable `code`.',
    '',
    '| status | codes | beside errors of these codes |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** OpenAPI 3.1, for a version of Bellglass. */
export async function createDocument(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return await generator.generate(rest, {
    info: { title: 'Bellglass', version, description: description() },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made with `bellglass token add NAME`.' },
      },
    },
    commonSchemas: {
      Status: { strategy: 'output', schema: statusSchema },
      Workflow: { strategy: 'output', schema: workflowStatusSchema },
      Problem: { strategy: 'output', schema: problemSchema },
      Health: { strategy: 'output', schema: healthSchema },
      Violation: { strategy: 'output', schema: violationSchema },
    },
  });
}
