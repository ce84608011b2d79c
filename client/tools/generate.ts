/** `bun run generate` writes the types of the gateway's OpenAPI document; with `--check` it only says whether they are its. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'

const document = new URL('../../openapi.json', import.meta.url)
const file = join(import.meta.dir, '../src/openapi.ts')

/** The document's types as a source file. */
export async function generatedTypes(): Promise<string> {
  return `/** Generated from openapi.json by \`bun run generate\`; not to be edited. */\n${astToString(await openapiTS(document, { defaultNonNullable: false }))}`
}

if (import.meta.main) {
  const types = await generatedTypes()
  if (!process.argv.includes('--check')) writeFileSync(file, types)
  else if (readFileSync(file, 'utf8') !== types) {
    console.error('error: client/src/openapi.ts is not what openapi.json says: cd client && bun run generate')
    process.exit(1)
  }
}
