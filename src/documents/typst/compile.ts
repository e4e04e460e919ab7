import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { coveredBy } from './covered.ts'

/** Standards a paper is written in, one a file: to keep for long with what is attached, or to be read by everybody. */
const PDF_STANDARDS = ['a-3a', 'ua-1'] as const
export type PdfStandard = (typeof PDF_STANDARDS)[number]

/** What is needed to set papers: the compiler and the fonts. */
export interface Press {
  /** Code points that the fonts have. */
  readonly covered: ReadonlySet<number>
  readonly compile: (job: Job) => { readonly pdf: Uint8Array; readonly pages: number }
}

interface Job {
  /** Typst. Never made from data: what a paper says comes in as a file. */
  readonly source: string
  /** Files that the source may read, by absolute name; no other file can be read. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly standard: PdfStandard
  readonly createdAt: Instant
}

/** Fonts of papers; each has every Kazakh letter. The first two decide what can be printed. */
const FONTS = [
  '@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf',
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-serif/400Regular_Italic/NotoSerif_400Regular_Italic.ttf',
  '@expo-google-fonts/noto-serif/700Bold/NotoSerif_700Bold.ttf',
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
  '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
]

/** A folder that does not exist: the compiler finds nothing on the disk, and files are put before it by name. */
const NOWHERE = '/kuager-paper-without-a-folder'

let press: Promise<Press | { readonly missing: string }> | undefined

/**
 * The press, opened once a process; what is missing where the optional packages are not installed. Fonts of the machine
 * are not seen: the source forbids to fall back on another font, and a font that is not here is a warning.
 */
export const openPress = (): Promise<Press | { readonly missing: string }> => (press ??= open())

async function open(): Promise<Press | { readonly missing: string }> {
  const library = await import('@myriaddreamin/typst-ts-node-compiler').catch(ifAbsent)
  if (library === undefined) return { missing: '@myriaddreamin/typst-ts-node-compiler' }
  const fontBlobs: Buffer[] = []
  for (const name of FONTS) {
    const font = readFont(name)
    if (font === undefined) return { missing: name.split('/').slice(0, 2).join('/') }
    fontBlobs.push(font)
  }
  const covered = new Set(fontBlobs.slice(0, 2).flatMap((font) => [...coveredBy(font)]))
  return {
    covered,
    compile: ({ source, files, standard, createdAt }) => {
      const compiler = library.NodeCompiler.create({ workspace: NOWHERE, fontArgs: [{ fontBlobs }] })
      for (const [name, bytes] of files) compiler.mapShadow(`${NOWHERE}${name}`, Buffer.from(bytes))
      const outcome = compiler.compile({ mainFileContent: source })
      const found = [outcome.takeError(), outcome.takeWarnings()].filter((one) => one !== null && one !== undefined)
      const problems: string[] = found.flatMap((one) => one.shortDiagnostics.map(messageOf))
      const { result } = outcome
      if (problems.length > 0 || result === null)
        throw new Fault(`Cannot set paper: the compiler says: ${problems.slice(0, 5).join('; ') || 'nothing'}`)
      try {
        const options = { pdfStandard: standard, creationTimestamp: Math.floor(createdAt / 1000) }
        return { pdf: new Uint8Array(compiler.pdf(result, options)), pages: result.numOfPages }
      } catch (error) {
        throw new Fault(`Cannot set paper: it does not meet PDF/${standard.toUpperCase()}`, { cause: error })
      } finally {
        compiler.evictCache(0)
      }
    },
  }
}

/** A package that is not installed is undefined; any other error with it is reported. */
function ifAbsent(error: unknown): undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
  throw new Fault('Cannot set papers: the compiler does not start', { cause: error })
}

function readFont(name: string): Buffer | undefined {
  try {
    return readFileSync(fileURLToPath(import.meta.resolve(name)))
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ENOENT') return undefined
    throw error
  }
}

const messageOf = (diagnostic: unknown): string =>
  typeof diagnostic === 'object' && diagnostic !== null && 'message' in diagnostic
    ? String(diagnostic.message)
    : String(diagnostic)
