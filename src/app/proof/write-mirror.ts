import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  formatManifest,
  MANIFEST,
  MANIFEST_KEY,
  MANIFEST_NOTE,
  parseManifest,
} from '../../core/evidence/copy/manifest.ts'
import { formatCopyStatement } from '../../core/evidence/copy/note.ts'
import { signNote } from '../../core/evidence/log/signed-note.ts'
import { defined } from '../../core/model/defined.ts'
import { instant, parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import { createSite } from '../../site/app.ts'
import { copyStartPage } from '../../site/mirror/page/start.ts'
import { askedOnce } from '../../site/mirror/asked-once.ts'
import { COPY_LIMITS, planCopy, type CopyLimits } from '../../site/mirror/copy-plan.ts'
import { copySite, standAlone } from '../../site/mirror/copy-site.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { CopyFolder, readBounded } from '../../runtime/files/copy-folder.ts'
import type { MirrorKey } from './mirror-key.ts'

export interface MirrorOptions {
  /** What the live site is made over; its frame says where that is. */
  readonly site: Omit<SiteOptions, 'collector'>
  readonly out: string
  readonly key: MirrorKey
  readonly madeAt: Instant
  readonly signal: AbortSignal
  readonly limits?: CopyLimits
  readonly onProgress?: (done: number, known: number) => void
}

export interface MirrorWritten {
  readonly path: string
  readonly files: number
  readonly bytes: number
  /** Files that are new or other than in an earlier copy there, and files of that one that are gone. */
  readonly changed: number
  readonly removed: number
  /** Addresses that pages name and the site did not answer. */
  readonly missing: readonly string[]
  readonly simulated: boolean
  /** Digest of the list of files: what is signed. */
  readonly sha256: Sha256
}

const MOST_LIST = 100_000_000
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const digest = (of: string | Uint8Array): Sha256 => parseSha256(createHash('sha256').update(of).digest('hex'))

/** Writes the whole site as signed files. Throws InputError for a folder of other things, Fault where a page breaks. */
export async function writeMirror(options: MirrorOptions): Promise<MirrorWritten> {
  const { key, signal } = options
  const madeAt = instant(Math.floor(options.madeAt / 1000) * 1000)
  const frame = { ...options.site.frame, medium: 'mirror', madeAt, mirrorKey: key.line } as const
  // The clock is stopped: every page speaks of the same point in time, and what is remembered stays so.
  const { availability: _, ...kept } = options.site
  const log = await kept.proof?.()
  const proof = (): Promise<typeof log> => Promise.resolve(log)
  const source = { ...kept, ...askedOnce(kept), proof, frame, clock: { ...kept.clock, now: () => madeAt } }
  const plan = await planCopy(source, options.limits ?? COPY_LIMITS)
  const site = createSite(source)
  const folder = await CopyFolder.open(options.out, earlierFiles)
  const put = (path: string, bytes: Uint8Array): Promise<void> => folder.put(path, bytes)
  const copied = await copySite({
    answer: (path) => site.request(path),
    plan,
    frame,
    digest,
    put,
    signal,
    pause: () => setImmediate(),
    ...defined({ onProgress: options.onProgress }),
  })
  const links = { first: (lang: string) => `${lang}/index.html`, style: 'assets/site.css', icon: 'assets/icon.svg' }
  const door = await copyStartPage({ frame, madeAt, simulated: plan.simulated, links })
  await put('index.html', encode(standAlone(String(door))))
  const { files } = folder
  const manifest = encode(formatManifest(files))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const statement = formatCopyStatement({
    kind: 'folder',
    ...defined({ origin: frame.origin }),
    madeAt,
    simulated: plan.simulated,
    files: files.length,
    bytes,
    sha256: digest(manifest),
  })
  const removed = await folder.finish({
    [MANIFEST]: manifest,
    [MANIFEST_NOTE]: encode(signNote(statement, key.signer)),
    [MANIFEST_KEY]: encode(`${key.line}\n`),
  })
  const { path, changed } = folder
  const { missing } = copied
  return {
    path,
    files: files.length,
    bytes,
    changed,
    removed,
    missing,
    simulated: plan.simulated,
    sha256: digest(manifest),
  }
}

/** Paths that the list of an earlier copy names; a list that cannot be read is not ours. */
async function earlierFiles(folder: string): Promise<readonly string[] | undefined> {
  const bytes = await readBounded(join(folder, MANIFEST), MOST_LIST)
  if (bytes === undefined) return undefined
  return parseManifest(new TextDecoder().decode(bytes)).map(({ path }) => path)
}
