/** What is kept is never stale, never half of something, and does not pile up. */
import { afterAll, describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { type Recipe, keepDirectory } from '../host/base/kept'
import { WORKFLOW_DIR, removeTemporary, temporaryDirectory } from './support/fixture'

afterAll(removeTemporary)

/** A folder with one package, an empty cache, and what is made of the package's text. */
function openWorkshop(): Recipe & { edit: (text: string) => void; made: () => number; kept: () => string[] } {
  const workflowDir = temporaryDirectory('kept')
  const cacheDir = path.join(workflowDir, 'cache')
  const file = path.join(workflowDir, 'node_modules/some/index.js')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, 'one')
  let made = 0
  return {
    ...{ cacheDir, workflowDir, kind: 'thing', key: 'a'.repeat(64) },
    async make(directory) {
      made++
      writeFileSync(path.join(directory, 'first'), readFileSync(file))
      await Bun.sleep(20)
      writeFileSync(path.join(directory, 'last'), readFileSync(file))
      return [file]
    },
    edit: (text) => writeFileSync(file, text),
    made: () => made,
    kept: () => readdirSync(cacheDir).filter((name) => name.endsWith('.thing')),
  }
}

const textOf = (directory: string) => readFileSync(path.join(directory, 'last'), 'utf8')

describe('kept: a directory', () => {
  test('made once serves again', async () => {
    const workshop = openWorkshop()
    const first = await keepDirectory(workshop)
    expect(await keepDirectory(workshop)).toBe(first)
    expect(workshop.made()).toBe(1)
  })

  test('is made anew of another key or package', async () => {
    const workshop = openWorkshop()
    const first = await keepDirectory(workshop)
    const other = await keepDirectory({ ...workshop, key: 'b'.repeat(64) })
    expect(other).not.toBe(first)
    workshop.edit('two')
    expect(textOf(await keepDirectory(workshop))).toBe('two')
    expect(workshop.made()).toBe(3)
    workshop.edit('one')
    expect(await keepDirectory(workshop)).toBe(first)
    expect(workshop.made()).toBe(3)
  })

  test('is whole and the same for several at once', async () => {
    const workshop = openWorkshop()
    const directories = await Promise.all(Array.from({ length: 5 }, () => keepDirectory(workshop)))
    expect(new Set(directories).size).toBe(1)
    expect(directories.map(textOf)).toEqual(Array.from({ length: 5 }, () => 'one'))
    expect(readdirSync(workshop.cacheDir)).toEqual(workshop.kept())
  })

  test('that was not finished is used by nobody, and goes', async () => {
    const workshop = openWorkshop()
    const failing = { ...workshop, make: () => Promise.reject(new Error('the disk is full')) }
    await expect(keepDirectory(failing)).rejects.toThrow('the disk is full')
    await keepDirectory(workshop)
    const draft = mkdtempSync(path.join(workshop.cacheDir, `${'a'.repeat(32)}.draft-`))
    const anHourAgo = new Date(Date.now() - 61 * 60 * 1000)
    utimesSync(draft, anHourAgo, anHourAgo)
    await keepDirectory({ ...workshop, key: 'b'.repeat(64) })
    expect(existsSync(draft)).toBe(false)
    expect(workshop.kept()).toHaveLength(2)
  })

  test('stays when it was used last', async () => {
    const workshop = openWorkshop()
    const first = await keepDirectory(workshop)
    for (let made = 0; made < 12; made++) {
      const directory = await keepDirectory({ ...workshop, key: `${made}`.padEnd(64, 'c') })
      const past = new Date(Date.now() - 60_000 + made)
      utimesSync(directory, past, past)
    }
    // The first is by far not the oldest in use.
    await keepDirectory(workshop)
    await keepDirectory({ ...workshop, key: 'd'.repeat(64) })
    expect(workshop.kept()).toHaveLength(12)
    expect(existsSync(first)).toBe(true)
  })
})

describe('kept: a bundle', () => {
  // A copy may lack what a bundle can do without.
  const COPIED = ['main.ts', 'package.json', 'bun.lock', 'limits.json']
  const cacheDir = temporaryDirectory('cache')
  const bundle = (dir: string, out: string) => {
    const env = { ...process.env, CRE_CACHE_DIR: cacheDir }
    const made = Bun.spawnSync([process.execPath, 'run', 'host/bundle.ts', '--out', out], { cwd: dir, env })
    expect(made.exitCode).toBe(0)
  }

  test('of the same sources serves, of others not', () => {
    const dir = temporaryDirectory('project')
    for (const name of [...COPIED, 'host', 'workflow']) Bun.spawnSync(['cp', '-R', path.join(WORKFLOW_DIR, name), dir])
    Bun.spawnSync(['ln', '-s', path.join(WORKFLOW_DIR, 'node_modules'), dir])
    const [a, b, c] = ['a', 'b', 'c'].map((name) => path.join(dir, name)) as [string, string, string]
    bundle(dir, a)
    bundle(dir, b)
    const files = readdirSync(a)
    expect(readdirSync(b)).toEqual(files)
    for (const name of files) expect(statSync(path.join(b, name)).ino).toBe(statSync(path.join(a, name)).ino)
    const edited = path.join(dir, 'host/nodes.ts')
    writeFileSync(edited, readFileSync(edited, 'utf8').replace('a run came before', 'EDITED'))
    bundle(dir, c)
    const isEdited = (out: string) => readFileSync(path.join(out, 'nodes.js'), 'utf8').includes('EDITED')
    expect([a, b, c].map(isEdited)).toEqual([false, false, true])
  })
})
