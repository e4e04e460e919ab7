import { resolve } from 'node:path'
import { verifyRemote, type RemoteFinding } from '../../app/shipping/verify-remote.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { layoutOf } from '../../store/archive/layout.ts'
import { awayDisk } from '../../store/archive/ship/away-disk.ts'
import { verifyArchive } from '../../store/archive/verify.ts'
import type { Corruption, ArchiveFinding } from '../../store/archive/verify.ts'
import { group, task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, required } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { refuseTraces } from '../terminal/options.ts'
import { eraseMeasurement } from '../../app/proof/erase-measurement.ts'

/** Words for each kind of corruption. */
const SENTENCES = {
  head: 'the record is damaged',
  checksum: 'the bytes do not have their checksum',
  frame: 'the frame does not decompress',
  id: 'the bytes do not have their digest',
  provenance: 'the channel is not known to this version',
  leaf: 'the leaf is damaged',
  'salted-digest': 'the leaf is of other bytes',
  'half-erased': 'the erasure is not complete',
  'erased-without-entry': 'overwritten without an entry in the log of erasures',
  'not-erased': 'stands although the log of erasures says that it was erased',
  lost: 'the record is gone',
} as const satisfies Record<Corruption, string>

export const command = group({
  about: 'Verify or erase archived raw measurements.',
  commands: {
    verify: async () => VERIFY,
    erase: async () => ERASE,
    lengths: async () => LENGTHS,
  },
})

const VERIFY = task({
  about: `
Hash every archived measurement again and report damage. Each hash is compared with the id and the log entry. The
result counts intact, erased and corrupt measurements; each corrupt one is named with its log entry and file.`,
  examples: ['--folder /var/lib/kuager', '--folder /var/lib/kuager --remote s3://kuager-archive/main'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    remote: optional(
      'ADDRESS',
      `Verify the copy on object storage instead: every object is there, every measurement has its hashes, and the log
      entries are those of the folder and of the checkpoint there. The server may run meanwhile.`,
    ),
    json: json('Print one JSON object per line.'),
  },
  exit: { 3: 'a measurement is corrupt' },
  run: ({ folder, remote, json }, call) =>
    remote === undefined
      ? onFolder(call, folder, (open) => verify(open, call.world, json))
      : verifyThere({ folder, remote, json }, call.world),
})

const ERASE = task({
  about: `
Erase one measurement for a recorded reason. The measurement, its salt and its SHA-256 hash are overwritten, and
everything derived from it is removed. Its log entry stays; the same bytes are not accepted again. This cannot be
undone. The erasure and its reason become a custody event ("kuager custody list"). Published bundles that contain the
measurement are removed; copies that were handed out cannot be recalled.`,
  examples: ['5f2c…e1 --reason "The sender asked for erasure."'],
  words: { ID: 'SHA-256 hash of the measurement.' },
  usage: ['ID --reason TEXT [--folder DIR]'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    reason: required('TEXT', 'Why. It is stored permanently and published: name no person.', 'why it is erased'),
  },
  run: ({ folder, reason }, call) => {
    const { world, words } = call
    const id = parseSha256(words[0])
    refuseTraces('reason', reason)
    return onFolder(call, folder, async (open) => {
      const said = await eraseMeasurement(open, world, { id, reason })
      world.out.write(said.map((line) => `${line}\n`).join(''))
      return 0
    })
  },
})

const LENGTHS = task({
  about: `
Print how much of the archive is safely on disk. The lengths are log entries, last segment, and valid bytes of that
segment and its leaf file. Earlier segments are complete. A program that copies the files while the server runs needs
these lengths.`,
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER },
  run: ({ folder }, call) =>
    onFolder(call, folder, async (open) => {
      const { leaves, segment, segmentBytes, leafBytes } = await (await open.archive()).lengths()
      const lengths = { leaves, segment, segment_bytes: segmentBytes, leaf_bytes: leafBytes }
      call.world.out.write(`${JSON.stringify(lengths)}\n`)
      return 0
    }),
})

async function verify(folder: OpenFolder, world: World, json: boolean): Promise<number> {
  const counts = { ok: 0, erased: 0, corrupt: 0 }
  const size = (await folder.openedArchive)?.size
  const disk = awayDisk(REAL_DISK, layoutOf(folder.archiveFolder), folder.archiveStore)
  const options = { leaves: LEAF_CODEC, disk, ...defined({ size }) }
  for await (const finding of verifyArchive(folder.archiveFolder, options)) {
    world.signal.throwIfAborted()
    if (finding.kind !== 'unfinished') counts[finding.kind]++
    if (finding.kind !== 'ok' && json) world.out.write(`${JSON.stringify(finding)}\n`)
    else if (finding.kind === 'corrupt' || finding.kind === 'unfinished') world.out.write(`${describe(finding)}\n`)
  }
  world.out.write(json ? `${JSON.stringify(counts)}\n` : `${sumOf(counts)}, corrupt ${counts.corrupt}\n`)
  return counts.corrupt === 0 ? 0 : 3
}

const sumOf = ({ ok, erased }: { readonly ok: number; readonly erased: number }): string => `ok ${ok}, erased ${erased}`

async function verifyThere(
  { folder, remote, json }: { readonly folder: string; readonly remote: string; readonly json: boolean },
  world: World,
): Promise<number> {
  await using store = openObjects(remote, world.env)
  const counts = { ok: 0, erased: 0, corrupt: 0 }
  for await (const finding of verifyRemote(store, resolve(world.cwd, folder))) {
    world.signal.throwIfAborted()
    if (finding.kind in counts) counts[finding.kind as keyof typeof counts]++
    else if (isProblem(finding)) counts.corrupt++
    if (json && finding.kind !== 'ok') world.out.write(`${JSON.stringify(finding)}\n`)
    else if (finding.kind !== 'ok' && finding.kind !== 'erased') world.out.write(`${describeRemote(finding)}\n`)
  }
  world.out.write(json ? `${JSON.stringify(counts)}\n` : `${sumOf(counts)}, problems ${counts.corrupt}\n`)
  return counts.corrupt === 0 ? 0 : 3
}

const isProblem = (finding: RemoteFinding): boolean =>
  finding.kind === 'missing' || finding.kind === 'other-leaf' || (finding.kind === 'log' && !finding.same)

function describeRemote(finding: RemoteFinding): string {
  switch (finding.kind) {
    case 'corrupt':
    case 'unfinished':
      return describe(finding)
    case 'missing':
      return `missing ${finding.key}`
    case 'other-leaf':
      return `leaf ${finding.leafIndex}: the log entry there is not the one of the folder`
    case 'log':
      return `the checkpoint there covers ${finding.leaves} log entries, and has ${finding.same ? 'their' : 'another'} root`
    case 'compared':
      return `${finding.there} log entries are there and ${finding.here} in the folder; ${finding.leaves} were compared`
    case 'ok':
    case 'erased':
      return `${finding.kind} leaf ${finding.leafIndex}`
  }
}

function describe(finding: Extract<ArchiveFinding, { kind: 'corrupt' | 'unfinished' }>): string {
  if (finding.kind === 'unfinished')
    return `unfinished ${finding.file}: ${finding.bytes} bytes that were never acknowledged; opening the archive cuts them`
  const where = finding.leafIndex === undefined ? finding.file : `leaf ${finding.leafIndex} in ${finding.file}`
  return `corrupt ${where}: ${SENTENCES[finding.what]}`
}
