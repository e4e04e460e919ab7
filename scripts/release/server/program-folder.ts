import { cpSync, globSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { folderOf, run } from '../locked.ts'
import { packageJson, ROOT } from '../program.ts'
import type { Put } from '../debian.ts'

/** Where the program is in a package and in an image, without the first slash. */
export const PROGRAM = 'usr/lib/kuager'

/** What `scripts/build.ts` reads. */
const SOURCES = ['bin', 'src', 'messages', 'lab', 'data', 'scripts', 'types', 'package.json']

/** The program compiled for an installed Node, in a folder of its own: the checkout keeps running its sources. */
export interface CompiledProgram extends Disposable {
  readonly folder: string
}

/** Compiles the program. The same sources give the same files. */
export function compileProgram(): CompiledProgram {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-compiled-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const names = [...SOURCES, ...readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name))]
    for (const name of names) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    run(process.execPath, ['scripts/build.ts'], folder)
  } catch (error) {
    remove()
    throw error
  }
  return { folder, [Symbol.dispose]: remove }
}

/** Writes the program: compiled code, tables, and what it reads of its documents. */
export function putProgram({ folder }: CompiledProgram, put: Put): void {
  // Without its first line: only the command in /usr/bin starts it, on the Node.js of the package.
  put(`${PROGRAM}/bin/kuager.js`, readFileSync(join(ROOT, 'bin/kuager.js'), 'utf8').replace(/^#!.*\n/, ''))
  const names = [
    // Whole: its hash is in every bundle.
    ...filesBelow(folder, 'dist'),
    ...filesBelow(ROOT, 'data'),
    'docs/bundle/VERIFY.md',
    'NOTICE',
  ]
  for (const name of names)
    put(`${PROGRAM}/${name}`, readFileSync(join(name.startsWith('dist/') ? folder : ROOT, name)))
  put(`${PROGRAM}/package.json`, packageJson(undefined, { type: 'module' }))
}

const filesBelow = (root: string, folder: string): readonly string[] =>
  globSync(`${folder}/**/*`, { cwd: root })
    .filter((path) => lstatSync(join(root, path)).isFile())
    .sort()

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      os: z.array(z.string()).or(z.string()).optional(),
      cpu: z.array(z.string()).or(z.string()).optional(),
      libc: z.array(z.string()).or(z.string()).optional(),
    }),
  ),
})

/** Built in, or only a description of types: nothing of it runs. */
const WITHOUT = /^(?:node-(?:linux|win)-.*|@types\/.*|undici-types|node-gyp-build|node-addon-api)$/

/**
 * Libraries that the program uses on Linux with this processor, as the lock file lists them, by their place below
 * node_modules (`docx/node_modules/nanoid`), sorted.
 */
export function librariesFor(cpu: 'x64' | 'arm64'): readonly string[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))
  const fits = (asked: readonly string[] | string | undefined, value: string): boolean =>
    asked === undefined || asked.includes(value)
  return Object.entries(packages)
    .filter(
      ([path, { dev, os, cpu: processors, libc }]) =>
        path !== '' && dev !== true && fits(os, 'linux') && fits(processors, cpu) && fits(libc, 'glibc'),
    )
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((place) => !WITHOUT.test(place.split('node_modules/').at(-1) ?? place))
    .sort()
}

/** Files of a library that run nowhere: types, maps, texts, tests, examples, sources of native code. */
const NOT_RUN = [
  /\.(?:[cm]?ts|map|flow|tsbuildinfo|ya?ml|gypi?|cc|cpp|h|hpp|snap|zip)$/,
  /(?:^|\/)(?:tests?|__tests__|examples?|benchmarks?)\//,
  /\.(?:html|sh|py)$|\.(?:iife\.js|umd\.cjs)$/,
  /(?:^|\/)\.[^/]+$/,
  /(?:^|\/)(?:(?!licen[cs]e|copying|notice|ofl)[^/]*)\.(?:md|markdown)$/i,
]

/** Files of a library that come into the package. Programs for a terminal, which begin with `#!`, do not. */
export function filesOfLibrary(place: string): readonly string[] {
  const from = folderOf(place)
  return globSync('**/*', { cwd: from, exclude: (entry) => entry === 'node_modules' })
    .filter((file) => lstatSync(join(from, file)).isFile() && !NOT_RUN.some((kind) => kind.test(file)))
    .filter((file) => !file.endsWith('js') || readFileSync(join(from, file)).subarray(0, 2).toString() !== '#!')
    .sort()
}

/** Writes a library with its licence. */
export function putLibrary(place: string, put: Put): void {
  for (const file of filesOfLibrary(place))
    put(`${PROGRAM}/node_modules/${place}/${file}`, readFileSync(join(folderOf(place), file)))
}

/** Licence that a library names, and its texts below its folder. */
export function licenceOf(place: string): { readonly licence: string; readonly texts: readonly string[] } {
  const from = folderOf(place)
  const { license } = z
    .object({ license: z.string().optional() })
    .parse(JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')))
  const texts = readdirSync(from)
    .filter((file) => /^(?:licen[cs]e|copying|notice|ofl)/i.test(file))
    .sort()
  return { licence: license ?? 'see its files', texts }
}

/** Writes the runtime with its licence. */
export function putNode(cpu: 'x64' | 'arm64', put: Put): void {
  const from = folderOf(`node-linux-${cpu}`)
  put(`${PROGRAM}/node`, readFileSync(join(from, 'bin/node')), 0o755)
  put(`${PROGRAM}/node.LICENSE`, readFileSync(join(from, 'LICENSE')))
}
