/** The fenced blocks of a Markdown page, in their order. */

export interface Block {
  language: string
  text: string
  /** Line of the page on which the block begins. */
  line: number
  /** The block that follows without any text between them. */
  next?: Block
}

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  let previous: Block | undefined
  for (const [index, line] of page.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line)
    if (open === undefined && fence !== null) {
      open = { language: fence[1] ?? '', text: '', line: index + 1 }
      if (previous !== undefined) previous.next = open
    } else if (open !== undefined && fence !== null) {
      blocks.push(open)
      previous = open
      open = undefined
    } else if (open !== undefined) {
      open.text += `${line}\n`
    } else if (line.trim() !== '') {
      previous = undefined
    }
  }
  if (open !== undefined) throw new Error(`the block that begins on line ${open.line} has no end`)
  return blocks
}

/** The commands of a shell block: a line that begins with `bash` is one of its own, anything else is one together. */
export function commandsOf({ text }: Block): string[] {
  const lines = text.trimEnd().split('\n')
  return lines.every((line) => line.startsWith('bash ')) ? lines : [lines.join('\n')]
}
