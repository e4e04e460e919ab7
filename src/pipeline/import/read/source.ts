import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { InputError } from '../../../core/model/errors.ts'

/** One file or URL to be read from its beginning. */
export interface ImportedSource {
  /** How positions name it: the name of the file, its path below the folder that was given, or the URL. */
  readonly name: string
  /** Absolute path, or undefined for a URL. */
  readonly path?: string
  readonly url?: string
  /** Bytes on disk; undefined where not known beforehand. */
  readonly size?: number
}

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

/**
 * The files behind what a person named: a file, every file below a folder (sorted by path, so that two runs see
 * one order; hidden files and links are passed over), or a URL. Throws InputError where there is nothing.
 */
export async function* findSources(named: string): AsyncGenerator<ImportedSource> {
  if (isUrl(named)) {
    const url = URL.parse(named)
    if (url === null) throw missing(named, 'not a URL')
    yield { name: `${url.origin}${url.pathname}`, url: url.href }
    return
  }
  const info = await stat(named).catch((error: NodeJS.ErrnoException) => {
    throw missing(named, error.code === 'ENOENT' ? 'there is no such file' : error.message)
  })
  if (!info.isDirectory()) yield { name: basename(named), path: named, size: info.size }
  else yield* walk(named, named)
}

const missing = (named: string, found: string): InputError =>
  new InputError(`Cannot read "${named}": ${found}`, {
    code: 'file.missing',
    path: named,
    expected: 'a file or folder',
  })

async function* walk(root: string, folder: string): AsyncGenerator<ImportedSource> {
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* walk(root, path)
    else if (entry.isFile())
      yield { name: relative(root, path).split(sep).join('/'), path, size: (await stat(path)).size }
  }
}

/** Bytes of a source; InputError `file.unreadable` or `http.broken` where they cannot be had (or no longer). */
export async function* readSource(
  source: ImportedSource,
  { signal, portionBytes }: { readonly signal: AbortSignal; readonly portionBytes: number },
): AsyncGenerator<Uint8Array> {
  if (source.path !== undefined) {
    try {
      yield* createReadStream(source.path, { highWaterMark: portionBytes, signal })
    } catch (error) {
      signal.throwIfAborted()
      throw new InputError(`Cannot read "${source.name}": ${error instanceof Error ? error.message : 'unknown'}`, {
        code: 'file.unreadable',
        path: source.name,
        expected: 'a file that can be read',
      })
    }
  } else if (source.url !== undefined) yield* readUrl(source.url, source.name, signal)
}

async function* readUrl(url: string, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const broken = (found: string): InputError =>
    new InputError(`Cannot fetch ${name}: ${found}`, { code: 'http.broken', path: name, expected: 'an answer 200' })
  try {
    const response = await fetch(url, { signal })
    if (!response.ok || response.body === null) throw broken(`the server answered ${response.status}`)
    yield* response.body
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof InputError) throw error
    const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : undefined
    throw broken(cause?.message ?? 'the connection broke')
  }
}
