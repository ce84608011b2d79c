/**
 * `bun run build.ts` writes the console to `dist/`: `index.html` and, below `assets/`, files that are named by what is in
 * them, so that they can be cached for ever. Prints their sizes; fails above the limits.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'bun'

const kilobyte = 1_000
/** What a first visit loads, and all that there is, gzipped. */
const limits = { first: 40 * kilobyte, all: 160 * kilobyte }
const here = import.meta.dir
const dist = join(here, 'dist')

interface Asset {
  name: string
  text: string
  isEntry?: boolean
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

async function bundle(entry: string): Promise<Asset[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(here, entry)],
    target: 'browser',
    format: 'esm',
    splitting: true,
    minify: true,
    naming: { entry: '[name].[ext]', chunk: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const assets = outputs.map(async (output) => {
    return { name: basename(output.path), text: await output.text(), isEntry: output.kind === 'entry-point' }
  })
  return Promise.all(assets)
}

/**
 * Names the scripts anew. Bun names them by hashes that depend on the folder, and they may import each other in circles, so
 * all get the hash of all.
 */
function rename(scripts: Asset[]): Asset[] {
  const stems = scripts.map(({ name }, at) => `${name.replace(/(-\w{8})?\.js$/, '')}-${at}`)
  const withNames = (nameOf: (at: number) => string) =>
    scripts.map(({ text }) =>
      scripts.reduce((rest, { name }, at) => rest.replaceAll(`./${name}`, `./${nameOf(at)}`), text),
    )
  const hash = digest(withNames((at) => `${stems[at]}.js`).join())
  const nameOf = (at: number) => `${stems[at]}-${hash}.js`
  return withNames(nameOf).map((text, at) => ({ name: nameOf(at), text, isEntry: scripts[at]?.isEntry ?? false }))
}

/** What the browser loads for a script before it runs: itself, and what it imports without being asked later. */
function staticImports(asset: Asset, all: Asset[], found = new Set<Asset>()): Set<Asset> {
  if (found.has(asset)) return found
  found.add(asset)
  for (const [, name] of asset.text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
    const other = all.find((each) => each.name === name)
    if (other !== undefined) staticImports(other, all, found)
  }
  return found
}

const scripts = rename(await bundle('src/start.tsx'))
const entry = scripts.find(({ isEntry }) => isEntry)
if (entry === undefined) throw new Error('the bundle has no entry')
const [style] = await bundle('src/styles/main.css')
if (style === undefined) throw new Error('the bundle has no style sheet')
const icon = readFileSync(join(here, 'src/assets/icon.svg'), 'utf8')
const styles = { name: `styles-${digest(style.text)}.css`, text: style.text }
const image = { name: `icon-${digest(icon)}.svg`, text: icon }
const html = readFileSync(join(here, 'index.html'), 'utf8')
  .replace('%icon%', `assets/${image.name}`)
  .replace('%styles%', `assets/${styles.name}`)
  .replace('%script%', `assets/${entry.name}`)

const assets = [...scripts, styles, image]
rmSync(dist, { recursive: true, force: true })
mkdirSync(join(dist, 'assets'), { recursive: true })
for (const { name, text } of assets) writeFileSync(join(dist, 'assets', name), text)
writeFileSync(join(dist, 'index.html'), html)

const size = (text: string) => gzipSync(text, { level: 9 }).byteLength
const sum = (list: Asset[]) => list.reduce((bytes, { text }) => bytes + size(text), size(html))
const first = sum([...staticImports(entry, assets), styles, image])
const all = sum(assets)
for (const { name, text } of assets) console.log(`${String(size(text)).padStart(8)}  ${name}`)
console.log(
  `first load ${(first / kilobyte).toFixed(1)} kB of 40, everything ${(all / kilobyte).toFixed(1)} kB of 160, gzipped`,
)
if (first > limits.first || all > limits.all) {
  console.error('error: the console is larger than it may be')
  process.exit(1)
}
