import { randomBytes } from 'node:crypto'
import { encodeQuery } from '../../../src/core/evidence/time-stamp/time-query.ts'
import { sha256 } from '../../../src/runtime/ed25519.ts'
import { seal, type MadeBundle, type MadeLog } from './bundle-maker.ts'
import type { TimeAuthority } from '../servers/time-authority.ts'

/** How the checkpoint of a size is stamped. */
export interface Stamping {
  readonly size: number
  /** The authority that is named. */
  readonly authority: TimeAuthority
  readonly log?: MadeLog
  /** What is stamped instead of the checkpoint. */
  readonly stamped?: Uint8Array
  /** Who signs, where it is another than the one named. */
  readonly by?: TimeAuthority
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Adds the stamp of a checkpoint to a made bundle; it is not sealed by that. */
export function stampBundle(
  { files, ...made }: MadeBundle,
  { size, authority, log = made.log, stamped, by = authority }: Stamping,
): void {
  const checkpoint = bytesOf(log.checkpoint(size))
  const query = encodeQuery({ sha256: sha256(stamped ?? checkpoint), nonce: new Uint8Array(randomBytes(8)) })
  files.set(`data/log/stamped/${size}.checkpoint`, checkpoint)
  files.set(`data/log/stamped/${size}.consistency`, made.log.consistency(size, made.size))
  files.set(`data/log/stamped/${size}-tsa.tsq`, query)
  files.set(`data/log/stamped/${size}-tsa.tsr`, by.reply(query))
  files.set('data/log/authorities/tsa.pem', bytesOf(authority.chainPem))
}

/** A sealed bundle whose whole log is stamped. */
export function stampedBundle(made: MadeBundle, authority: TimeAuthority): MadeBundle {
  stampBundle(made, { size: made.size, authority })
  seal(made)
  return made
}
