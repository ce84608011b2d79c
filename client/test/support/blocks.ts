/** The fenced blocks of a page. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dir, '../../..')

export function blocksOf(page: string, languages: string[]): string[] {
  const text = readFileSync(join(repository, page), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)]
  return blocks.filter(([, language]) => languages.includes(language ?? '')).map(([, , block]) => block ?? '')
}

/** The integration guide's two snippets, as docs/client.md has them. */
export function guideBlocks(): { fetch: string; wagmi: string } {
  const [fetch = '', wagmi = ''] = blocksOf('docs/client.md', ['typescript'])
  return { fetch, wagmi }
}
