import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { fewWords, ownLocale } from '../../src/app/web/browser-script.ts'
import { CATALOGUE } from '../../src/core/text/catalogue.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRY = 'src/cli/probe/main.ts'

/** The probe as one script, and what it was made of. */
export interface ProbeProgram {
  /** A CommonJS module: that form alone can be put into a Node binary. */
  readonly script: Buffer
  /** Packages of which code is in it, by folder below node_modules, sorted. */
  readonly packages: readonly string[]
}

/** Bundles the probe, with the messages that it can say and nothing else of the program. The same sources give the same bytes. */
export async function bundleProbe(): Promise<ProbeProgram> {
  const without = await build([])
  const areas = areasNamedIn(inputsOf(without))
  const built = await build(areas)
  await esbuild.stop()
  const [file] = built.outputFiles
  if (file === undefined) throw new Error('Cannot bundle the probe: nothing was written')
  const packages = inputsOf(built).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return { script: Buffer.from(file.contents), packages: [...new Set(packages)].sort() }
}

type Built = esbuild.BuildResult<{ write: false; metafile: true }>

const build = (says: readonly string[]): Promise<Built> =>
  esbuild.build({
    entryPoints: [ENTRY],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    // A script inside a binary has no address of its own.
    define: { 'import.meta.url': 'ownAddress' },
    banner: { js: 'const ownAddress=require("node:url").pathToFileURL(__filename).href;' },
    plugins: [fewWords(says), ownLocale],
  })

/** Files of which something is in the bundle, relative to the package, in the order of their names. */
function inputsOf({ metafile }: Built): readonly string[] {
  const [output] = Object.values(metafile.outputs)
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return inputs.map(([path]) => relative(ROOT, join(ROOT, path))).sort()
}

/** Areas of messages of which some key, or the beginning of one, is named in these files. */
function areasNamedIn(paths: readonly string[]): readonly string[] {
  const text = paths
    .filter((path) => path.startsWith('src/'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n')
  const areas = new Set(Object.keys(CATALOGUE.en).map((key) => key.slice(0, key.indexOf('.') + 1)))
  return [...areas].filter((area) => ["'", '`', '"'].some((quote) => text.includes(quote + area))).sort()
}

/** What the program reads of package.json, and no more: scripts and names of other packages do not belong in it. */
export function packageJson(as?: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>
  return Buffer.from(JSON.stringify({ name, version: as ?? version, ...more }))
}
