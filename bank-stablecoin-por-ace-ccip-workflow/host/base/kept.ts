// Keeps directories that take long to make, for whoever needs the same again; any number of processes may do so at once.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

/** How many directories of a kind are kept: those that were used last. */
const KEPT = 12
/** A directory that was not finished for so long, in milliseconds, never will be. */
const ABANDONED_MILLIS = 60 * 60 * 1000
/** In each directory: which files of packages went into it. */
const INPUTS_FILE = 'inputs.json'
const NAME_DIGITS = 32

/** What is made, and what of. */
export type Recipe = {
  cacheDir: string
  /** What kind of thing it is; the end of its name. */
  kind: string
  /** Digest of everything that goes in but for installed packages. */
  key: string
  /** The folder whose `node_modules` hold the packages. */
  workflowDir: string
  /** Fills an empty directory, and names the files that went into it; those of packages count. */
  make: (directory: string) => Promise<string[]>
}

/**
 * A directory that was made of the same, or one that is made now. It is complete from the moment that it is there. Files of
 * packages are compared by what they hold: an edit of an installed package counts.
 */
export async function keepDirectory(recipe: Recipe): Promise<string> {
  const { cacheDir, kind, key, workflowDir } = recipe
  const name = key.slice(0, NAME_DIGITS)
  const known = entriesOf(cacheDir, kind).find(
    (entry) => entry.startsWith(`${name}-`) && isCurrent(path.join(cacheDir, entry), workflowDir),
  )
  if (known !== undefined) return touched(path.join(cacheDir, known))
  mkdirSync(cacheDir, { recursive: true })
  const draft = mkdtempSync(path.join(cacheDir, `${name}.draft-`))
  try {
    const files = packageFiles(await recipe.make(draft), workflowDir)
    const packages = digestOfFiles(workflowDir, files)
    writeFileSync(path.join(draft, INPUTS_FILE), JSON.stringify({ files, packages }))
    const directory = path.join(cacheDir, `${name}-${packages.slice(0, NAME_DIGITS)}.${kind}`)
    moveInto(draft, directory)
    prune(cacheDir, kind)
    return touched(directory)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Digest of files of a folder, by name and content. */
export function digestOfFiles(folder: string, names: string[]): string {
  const hash = createHash('sha256')
  for (const name of [...names].sort()) {
    const content = readFileSync(path.join(folder, name))
    hash.update(`${name}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** The sources below a folder of `root`, by their names in `root`. */
export function sourcesIn(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|json)$/.test(name))
    .map((name) => `${folder}/${name}`)
}

/** The files that lie in packages, by their names in the folder. */
function packageFiles(files: string[], workflowDir: string): string[] {
  const names = files.flatMap((file) => {
    const at = file.indexOf('/node_modules/')
    if (at < 0) return []
    const name = file.slice(at + 1)
    return [existsSync(path.join(workflowDir, name)) ? name : path.relative(workflowDir, file)]
  })
  return [...new Set(names)].sort()
}

/** Whether the packages still hold what went in. */
function isCurrent(directory: string, workflowDir: string): boolean {
  try {
    const inputs = JSON.parse(readFileSync(path.join(directory, INPUTS_FILE), 'utf8')) as {
      files: string[]
      packages: string
    }
    return digestOfFiles(workflowDir, inputs.files) === inputs.packages
  } catch {
    return false
  }
}

/** Where somebody else was quicker, the directory is there already. */
function moveInto(draft: string, directory: string): void {
  try {
    renameSync(draft, directory)
  } catch (error) {
    if (!existsSync(directory)) throw error
  }
}

/** Marks a directory as used just now. */
function touched(directory: string): string {
  const now = new Date()
  try {
    utimesSync(directory, now, now)
  } catch {
    // A cache that cannot be written to is as good.
  }
  return directory
}

/** Takes away all but the directories that were used last, and what was never finished. */
function prune(cacheDir: string, kind: string): void {
  const used = (name: string): number =>
    statSync(path.join(cacheDir, name), { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
  const oldest = entriesOf(cacheDir, kind)
    .map((name) => ({ name, at: used(name) }))
    .sort((a, b) => b.at - a.at)
    .slice(KEPT)
  const abandoned = readdirSync(cacheDir).filter(
    (name) => name.includes('.draft-') && used(name) < Date.now() - ABANDONED_MILLIS,
  )
  for (const name of [...oldest.map((entry) => entry.name), ...abandoned]) {
    rmSync(path.join(cacheDir, name), { recursive: true, force: true })
  }
}

function entriesOf(cacheDir: string, kind: string): string[] {
  try {
    return readdirSync(cacheDir).filter((name) => name.endsWith(`.${kind}`))
  } catch {
    return []
  }
}
