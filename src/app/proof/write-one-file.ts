import { dirname, resolve } from 'node:path'
import { chmod, mkdir } from 'node:fs/promises'
import { formatCopyStatement } from '../../core/evidence/copy/note.ts'
import { placeNote } from '../../core/evidence/log/note-place.ts'
import { signNote } from '../../core/evidence/log/signed-note.ts'
import { defined } from '../../core/model/defined.ts'
import { parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import { makeOneFile, wholeSeconds } from '../../site/mirror/one-file.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { MirrorKey } from './mirror-key.ts'

export interface OneFileWritten {
  readonly path: string
  readonly bytes: number
  readonly simulated: boolean
  /** Digest of the page without its note: what is signed. */
  readonly sha256: Sha256
}

/** Writes today as one signed page. Throws Fault where it cannot be made to fit. */
export async function writeOneFile(options: {
  readonly site: Omit<SiteOptions, 'collector'>
  readonly out: string
  readonly key: MirrorKey
  readonly madeAt: Instant
  readonly langs: readonly Lang[]
}): Promise<OneFileWritten> {
  const { key, langs } = options
  const madeAt = wholeSeconds(options.madeAt)
  const frame = { ...options.site.frame, medium: 'one-file', madeAt, mirrorKey: key.line } as const
  const site = { ...options.site, frame, clock: { ...options.site.clock, now: () => madeAt } }
  const { page, simulated } = await makeOneFile({ site, madeAt, langs, digest: sha256 })
  const signed = Buffer.from(page)
  const digest = parseSha256(Buffer.from(sha256(signed)).toString('hex'))
  const statement = formatCopyStatement({
    kind: 'file',
    ...defined({ origin: frame.origin }),
    madeAt,
    simulated,
    files: 1,
    bytes: signed.length,
    sha256: digest,
  })
  const whole = Buffer.from(placeNote(page, signNote(statement, key.signer)))
  const path = resolve(options.out)
  await mkdir(dirname(path), { recursive: true })
  await writeDurable(path, whole)
  await chmod(path, 0o644) // it is made to be handed on, by a server as well
  return { path, bytes: whole.length, simulated, sha256: digest }
}
