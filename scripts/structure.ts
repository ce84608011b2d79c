/**
 * `bun run scripts/structure.ts` checks who imports whom, as the TypeScript compiler parses it (types too): no circle of
 * files or of folders, no import from a root that a root may not know, and, where a README draws the folders, exactly the
 * drawn arrows. Prints one sentence per fault and exits 1, else one line per root.
 *
 * A drawing is a fenced block that opens with ```imports, one line per folder: `run -> don guest base`; a folder that
 * imports no other has nothing behind the arrow, and `.` is the root itself.
 */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

const ROOT = path.resolve(import.meta.dir, '..')
const CRE = 'bank-stablecoin-por-ace-ccip-workflow'

/** A tree of sources: the README that draws its folders, if one does, and the other roots it may import. */
type Root = { folder: string; drawing?: string; mayImport: string[] }

const ROOTS: Root[] = [
  { folder: `${CRE}/host`, drawing: `${CRE}/host/README.md`, mayImport: [] },
  { folder: `${CRE}/workflow`, drawing: `${CRE}/workflow/README.md`, mayImport: [] },
  { folder: `${CRE}/test`, mayImport: [`${CRE}/host`, `${CRE}/workflow`, 'scripts'] },
  { folder: 'scripts', mayImport: [`${CRE}/host`, `${CRE}/workflow`, 'client/src'] },
  { folder: 'client/src', mayImport: [] },
  { folder: 'client/tools', mayImport: ['client/src'] },
  { folder: 'client/test', mayImport: ['client/src', 'client/tools'] },
  { folder: 'console/src', mayImport: ['client/src', 'scripts/compliance'] },
]

/** One file imports another; both are paths in the repository, or below the root when both lie in it. */
type Import = { from: string; to: string }

const OPTIONS: ts.CompilerOptions = {
  jsx: ts.JsxEmit.ReactJSX,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  resolveJsonModule: true,
}

const isSource = (name: string) => /\.tsx?$/.test(name)

/** The files that a source imports, exports from, or names in an import type; packages are left out. */
function importsOf(file: string): string[] {
  const absolute = path.join(ROOT, file)
  const source = ts.createSourceFile(absolute, readFileSync(absolute, 'utf8'), ts.ScriptTarget.Latest)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier?.startsWith('.')) {
      const { resolvedModule } = ts.resolveModuleName(specifier, absolute, OPTIONS, ts.sys)
      if (resolvedModule === undefined) throw new Error(`${file} imports ${specifier}, which is no file`)
      if (!resolvedModule.resolvedFileName.includes('/node_modules/')) {
        found.push(path.relative(ROOT, resolvedModule.resolvedFileName))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.filter((to) => isSource(to) && to !== file)
}

function specifierOf(node: ts.Node): string | undefined {
  let specifier: ts.Node | undefined
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier
  else if (ts.isExternalModuleReference(node)) specifier = node.expression
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) specifier = node.argument.literal
  else if (ts.isCallExpression(node) && isImportCall(node.expression)) specifier = node.arguments[0]
  return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined
}

function isImportCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => isSource(name) && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
    .sort()
}

/** Arrows by where they begin, with the imports that each of them stands for. */
type Graph = Map<string, Map<string, Import[]>>

function graphOf(imports: Import[], nodeOf: (file: string) => string): Graph {
  const graph: Graph = new Map()
  for (const entry of imports) {
    const [from, to] = [nodeOf(entry.from), nodeOf(entry.to)]
    if (from === to) continue
    const arrows = graph.get(from) ?? new Map<string, Import[]>()
    graph.set(from, arrows.set(to, [...(arrows.get(to) ?? []), entry]))
  }
  return graph
}

/** The shortest circle through each node, but for circles that share an arrow with a shorter one. */
function circlesOf(graph: Graph): string[][] {
  const circles = [...graph.keys()].map((start) => wayBack(graph, start)).filter((circle) => circle !== undefined)
  const named = new Set<string>()
  return circles
    .sort((a, b) => a.length - b.length)
    .filter((circle) => {
      const arrows = circle.map((from, index) => `${from} -> ${circle[(index + 1) % circle.length]}`)
      const isNew = arrows.every((arrow) => !named.has(arrow))
      for (const arrow of arrows) named.add(arrow)
      return isNew
    })
}

/** The shortest way from a node back to it, breadth first. */
function wayBack(graph: Graph, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const open = [start]
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const next of graph.get(at)?.keys() ?? []) {
      if (next === start) {
        const way = [at]
        for (let back = at; back !== start; way.unshift(back)) back = cameFrom.get(back) ?? start
        return way
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, at)
      open.push(next)
    }
  }
  return undefined
}

/** `run -> don -> run (run/a.ts imports don/b.ts; don/c.ts imports run/d.ts)`, with one import for each arrow. */
function circleSentence(circle: string[], graph: Graph): string {
  const arrows = circle.map((from, index) => graph.get(from)?.get(circle[(index + 1) % circle.length] ?? '')?.[0])
  return `${[...circle, circle[0]].join(' -> ')} (${importSentence(arrows.filter((entry) => entry !== undefined))})`
}

function importSentence(imports: Import[]): string {
  return imports.map(({ from, to }) => `${from} imports ${to}`).join('; ')
}

function drawnArrows(drawing: string): Map<string, string[]> {
  const block = /^```imports\n([\s\S]*?)^```/m.exec(readFileSync(path.join(ROOT, drawing), 'utf8'))?.[1]
  if (block === undefined) throw new Error(`${drawing} draws no folders: it has no block that opens with \`\`\`imports`)
  const lines = block.trim().split('\n')
  return new Map(
    lines.map((line) => {
      const [from = '', to = ''] = line.split('->')
      return [from.trim(), to.trim().split(/\s+/).filter(Boolean)]
    }),
  )
}

function compareWithDrawing(drawing: string, graph: Graph, folders: string[]): string[] {
  const drawn = drawnArrows(drawing)
  const faults: string[] = []
  for (const folder of folders) if (!drawn.has(folder)) faults.push(`${drawing} does not draw the folder ${folder}`)
  for (const [from, arrows] of graph) {
    for (const [to, imports] of arrows) {
      if (drawn.get(from)?.includes(to)) continue
      faults.push(`${drawing} draws no arrow ${from} -> ${to} (${importSentence(imports)})`)
    }
  }
  for (const [from, targets] of drawn) {
    if (!folders.includes(from)) faults.push(`${drawing} draws ${from}, which is no folder with sources`)
    for (const to of targets) {
      if (!graph.get(from)?.has(to)) faults.push(`${drawing} draws ${from} -> ${to}, which no file needs`)
    }
  }
  return faults
}

function check({ folder: root, drawing, mayImport }: Root): string[] {
  const files = sourcesOf(root)
  const imports = files.flatMap((from) => importsOf(from).map((to): Import => ({ from, to })))
  const inRoot = (file: string) => file.startsWith(`${root}/`)
  const below = (file: string) => path.relative(root, file)
  const inside = imports.filter(({ to }) => inRoot(to)).map(({ from, to }) => ({ from: below(from), to: below(to) }))
  const foreign = imports.filter(({ to }) => !inRoot(to) && !mayImport.some((other) => to.startsWith(`${other}/`)))
  const ofFiles = graphOf(inside, (file) => file)
  const ofFolders = graphOf(inside, path.dirname)
  const folders = [...new Set(files.map((file) => path.dirname(below(file))))]
  console.log(`${root}: ${files.length} files in ${folders.length} folders, ${inside.length} imports`)
  return [
    ...foreign.map(({ from, to }) => `${from} imports ${to}, which ${root} may not know`),
    ...circlesOf(ofFiles).map((circle) => `${root}: a circle of files: ${circle.join(' -> ')} -> ${circle[0]}`),
    ...circlesOf(ofFolders).map((circle) => `${root}: a circle of folders: ${circleSentence(circle, ofFolders)}`),
    ...(drawing === undefined ? [] : compareWithDrawing(drawing, ofFolders, folders)),
  ]
}

const faults = ROOTS.flatMap(check)
for (const fault of faults) console.error(`error: ${fault}`)
if (faults.length > 0) process.exit(1)
