import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { instant, parseSha256 } from '../../src/core/model/units.ts'
import { openTransparencyLog } from '../../src/pipeline/log/open-log.ts'
import type { ArchiveItem } from '../../src/store/archive/contract.ts'
import { openArchive } from '../../src/store/archive/open.ts'

/** Leaves that come between two checkpoints: what five seconds bring at the rate that is aimed at. */
const PORTION = 25_000

/** What the log of one folder took in. */
export interface SequencedLeaves {
  readonly leaves: number
  /** Checkpoints that were published on the way. */
  readonly checkpoints: number
  /** Leaves taken into the tree a second, each checkpoint with tiles, state and signature durable before the next portion. */
  readonly leaves_per_s: number
  /** The same from the bytes of a measurement on: archived durably in groups of a thousand, then sequenced. */
  readonly archived_and_sequenced_per_s: number
}

/**
 * How many leaves a second the log takes in durably, on the disk of the folder for temporary files: an archive of
 * measurements is filled and sequenced in portions, one checkpoint each.
 */
export async function measureLeaves(portions: number): Promise<SequencedLeaves> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-leaves-'))
  try {
    await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
    await using log = await openTransparencyLog(join(folder, 'log'), {
      archive,
      begin: { simulated: true, at: instant(0) },
    })
    let took = 0
    let appending = 0
    for (let portion = 0; portion < portions; portion++) {
      const filling = performance.now()
      for (let from = 0; from < PORTION; from += 1000)
        await archive.append(Array.from({ length: 1000 }, (_, nth) => item(portion * PORTION + from + nth)))
      const started = performance.now()
      appending += started - filling
      const checkpoint = await log.sequence()
      took += performance.now() - started
      if (checkpoint?.size !== archive.size) throw new Error('leaves are not in the tree')
    }
    const leaves = archive.size
    return {
      leaves,
      checkpoints: portions,
      leaves_per_s: Math.round(leaves / (took / 1000)),
      archived_and_sequenced_per_s: Math.round(leaves / ((took + appending) / 1000)),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function item(nth: number): ArchiveItem {
  const bytes = Buffer.from(`{"nth":${nth},"test_name":"made","probe_asn":"AS64500"}`)
  const id = parseSha256(createHash('sha256').update(bytes).digest('hex'))
  return {
    bytes,
    publicSha256: id,
    provenance: { id, receivedAt: instant(nth), channel: 'file', origin: 'made' },
  }
}
