import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkTarget } from '../../app/backup/check-target.ts'
import { gatherKeys } from '../../app/backup/keys-file.ts'
import { openNames } from '../../app/backup/names.ts'
import { readNote, writeNote } from '../../app/backup/notes.ts'
import { askLengths, findSource, lockBackups, openBackupTarget, refuseWithin } from '../../app/backup/open-source.ts'
import { removeGenerations } from '../../app/backup/remove-generations.ts'
import { sealTo } from '../../app/backup/seal.ts'
import { listGenerations, readIndex } from '../../app/backup/target.ts'
import { writeBackup, type BackedUp } from '../../app/backup/write-backup.ts'
import { archiveStoreOf } from '../../app/shipping/archive-store.ts'
import { partsElsewhere } from '../../app/registry/place.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { flag, optional, required, repeatable, wholeNumber, withDefault } from '../terminal/option.ts'
import { filePath, FOLDER, json } from '../terminal/shared-options.ts'
import { BACKUP_TARGET, TARGET_ADDRESS } from './from-option.ts'
import { showBytes } from './progress.ts'

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const CHECK = task({
  about: `
Compare every stored piece of a backup with its hash. It needs no key, so it can run on any machine that reads the
target.`,
  examples: ['--from s3://kuager-backup/main'],
  usage: ['--from TARGET'],
  options: {
    from: BACKUP_TARGET,
    'remove-damaged': flag(
      'Remove the pieces that are damaged: the next backup stores those that the folder still has.',
    ),
    json: json(),
  },
  exit: { 3: 'something is missing or damaged; it is named' },
  run: async (values, { world }) => {
    await using objects = openBackupTarget(world, values.from)
    const show = showBytes(world)
    const found = await checkTarget(objects, { signal: world.signal, onProgress: show })
    show.end()
    const { generations, pieces, bytes, wrong } = found
    if (values['remove-damaged']) for (const { key } of wrong) if (key.startsWith('pieces/')) await objects.remove(key)
    if (values.json) world.out.write(`${JSON.stringify({ generations, pieces, bytes, wrong })}\n`)
    else {
      for (const { sentence } of wrong) world.out.write(`${printable(sentence)}\n`)
      world.out.write(`${generations} generations, ${pieces} pieces, ${megabytes(bytes)}; ${wrong.length} wrong\n`)
    }
    return wrong.length === 0 ? 0 : 3
  },
})

const LIST = task({
  about: 'List the generations of a backup, newest last. It needs no key.',
  examples: ['--from s3://kuager-backup/main'],
  usage: ['--from TARGET'],
  options: { from: BACKUP_TARGET, json: json('Print one JSON object per line.') },
  run: async (values, { world }) => {
    await using objects = openBackupTarget(world, values.from)
    for (const { number, manifest, indexes } of await listGenerations(objects)) {
      const [key] = indexes
      if (manifest === undefined || key === undefined) continue
      const { at, pieces } = await readIndex(objects, key)
      const bytes = [...pieces.values()].reduce((sum, piece) => sum + piece.bytes, 0)
      if (values.json) world.out.write(`${JSON.stringify({ generation: number, at, pieces: pieces.size, bytes })}\n`)
      else world.out.write(`${number}  ${at}  ${pieces.size} pieces, ${megabytes(bytes)}\n`)
    }
    return 0
  },
})

const PRUNE = task({
  about: `
Remove old generations of a backup. Pieces that no remaining generation needs are removed too, also those of an
interrupted backup. No backup to this target may run meanwhile. With --keep 1 after a backup, nothing older than that
backup remains: what was erased, withdrawn or deleted before it is gone from the target.`,
  examples: ['--from s3://kuager-backup/main --keep 14'],
  usage: ['--from TARGET --keep N'],
  options: {
    from: BACKUP_TARGET,
    keep: required('N', 'Generations that stay.', 'how many generations stay', wholeNumber(1, 100_000)),
  },
  run: async ({ from, keep }, { world }) => {
    await using objects = openBackupTarget(world, from)
    const removed = await removeGenerations(objects, { keep, orphans: true })
    world.out.write(`${removed.generations} generations and ${removed.pieces} pieces removed\n`)
    return 0
  },
})

export const command = task({
  about: `
Copy a data folder, encrypted, while it is served. The folder of a letter service works too. Copied are archive, log,
journal, registry and files that the operator added; the warehouse can be rebuilt. Everything is encrypted to public
age keys, and this machine cannot decrypt it afterwards. Only new data is copied.`,
  examples: ['--to s3://kuager-backup/main --recipient age1ql3z… --keys-to keys.age'],
  usage: ['--to TARGET --recipient AGE… [--folder DIR]', 'COMMAND …'],
  options: {
    folder: { ...FOLDER, about: 'Data folder, or the folder of a letter service.' },
    to: optional('TARGET', `Where the backup goes: ${TARGET_ADDRESS}.`, {
      byDefault: 'KUAGER_BACKUP_TO',
    }),
    recipient: repeatable('AGE', 'Public key of age, "age1…": its secret half opens the backup.', {
      byDefault: 'those in KUAGER_BACKUP_RECIPIENTS, with spaces between',
    }),
    keep: withDefault('N', 'Generations that are kept, this one counted.', '14', wholeNumber(1, 100_000)),
    'keys-to': optional(
      'FILE',
      'Write all keys of the folder, sealed, to this file: they are never in the backup itself.',
      {
        read: filePath,
      },
    ),
    secrets: optional('DIR', 'Folder of secrets that the server was given: for --keys-to.', { read: filePath }),
    adopt: flag('The target has generations of a copy of this folder that is gone.'),
    json: json(),
  },
  commands: {
    list: async () => LIST,
    check: async () => CHECK,
    prune: async () => PRUNE,
    drill: async () => (await import('./drill.ts')).DRILL,
  },
  exit: {
    1: 'it failed, or erased bytes remain in earlier generations',
    3: 'a part of the registry is in PostgreSQL',
  },
  notes: `
Steps, formats and what a backup still holds after an erasure: docs/operating/backups.md. "kuager restore" makes a folder
from a backup.`,
  run: async (values, { world }) => {
    const source = await findSource(world, values.folder)
    const to = values.to ?? world.env['KUAGER_BACKUP_TO'] ?? ''
    if (to === '') throw wrongOption('to', 'it is missing', TARGET_ADDRESS)
    const recipients =
      values.recipient.length > 0
        ? values.recipient
        : (world.env['KUAGER_BACKUP_RECIPIENTS'] ?? '').split(/\s+/).filter((one) => one !== '')
    const seal = sealTo(recipients)
    await using objects = openBackupTarget(world, to)
    refuseWithin(source.folder, objects.name, 'to')
    const keysTo = values['keys-to']
    if (keysTo !== undefined) refuseKeysPlace(keysTo, { folder: source.folder, target: objects.name })
    await using _ = await lockBackups(source.folder)
    const places = [...partsElsewhere(source.folder, world.env)].filter(
      ([part]) => (part === 'letters') === (source.kind === 'letter'),
    )
    const elsewhere = places.map(([part]) => part)
    const show = showBytes(world)
    await using archiveStore = archiveStoreOf(world.env)
    const made = await writeBackup({
      ...{ folder: source.folder, objects, seal, elsewhere, signal: world.signal, onProgress: show },
      ...{ keep: values.keep, adopt: values.adopt },
      ...defined({ archiveStore }),
      ...(source.kind === 'observatory' ? { lengths: () => askLengths(world, source.folder) } : {}),
    })
    show.end()
    if (keysTo !== undefined) await saveKeys({ ...source, secrets: values.secrets, keysTo, target: objects.name }, seal)
    if (values.json) world.out.write(`${JSON.stringify(jsonOf(made, elsewhere))}\n`)
    else tell(made, world)
    for (const [part, variable] of places) tellElsewhere(world, part, variable)
    if ((await objects.keepsVersions()) === 'yes')
      world.err.write('kuager: the bucket keeps versions: what is replaced or removed in it remains readable there\n')
    return made.unreplaced + made.unshipped > 0 ? 1 : elsewhere.length > 0 ? 3 : 0
  },
})

function refuseKeysPlace(
  place: string,
  { folder, target }: { readonly folder: string; readonly target: string },
): void {
  refuseWithin(folder, place, 'keys-to')
  refuseWithin(target, place, 'keys-to')
  if (!existsSync(dirname(place)))
    throw wrongOption('keys-to', `"${printable(dirname(place))}" is missing`, 'a folder that is there')
}

interface KeysSource {
  readonly folder: string
  readonly secrets: string | undefined
  readonly keysTo: string
  readonly target: string
}

async function saveKeys(
  { folder, secrets, keysTo, target }: KeysSource,
  seal: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  const at = formatInstantUtc(systemClock.now())
  const { of } = await openNames(folder)
  await writeDurable(keysTo, await seal(await gatherKeys({ folder, secrets }, { of, at })))
  const note = await readNote(folder, target)
  if (note !== undefined) await writeNote(folder, { ...note, keys_at: at })
}

const jsonOf = (made: BackedUp, elsewhere: readonly string[]): Readonly<Record<string, unknown>> => ({
  ...{ generation: made.generation, at: made.at, files: made.files, bytes: made.bytes },
  ...{ sent_pieces: made.sent, sent_bytes: made.sentBytes, seconds: made.seconds },
  ...{ replaced: made.replaced, unreplaced: made.unreplaced, unshipped: made.unshipped },
  ...{ removed_generations: made.removedGenerations, elsewhere },
})

function tell(made: BackedUp, world: World): void {
  world.out.write(
    `generation ${made.generation} of ${made.at}: ${made.files} files, ${megabytes(made.bytes)}; ` +
      `${made.sent} pieces sent, ${megabytes(made.sentBytes)}, in ${made.seconds.toFixed(1)} s\n`,
  )
  if (made.removedGenerations > 0) world.out.write(`${made.removedGenerations} old generations removed\n`)
  if (made.replaced > 0)
    world.out.write(`${made.replaced} pieces of earlier generations replaced: bytes in them were erased\n`)
  if (made.unreplaced > 0)
    world.err.write(
      `kuager: erased bytes remain in ${made.unreplaced} pieces of earlier generations; remove these: kuager backup prune --keep 1\n`,
    )
  if (made.unshipped > 0)
    world.err.write(
      `kuager: object storage has not carried out ${made.unshipped} erasures yet: their bytes may be in this backup; back up again when it has\n`,
    )
}

/** The address of a database is not shown. */
function tellElsewhere(world: World, part: string, variable: string): void {
  world.err.write(
    `${part}: in PostgreSQL, and not in this backup; save it by  pg_dump --format=custom --file=${part}.dump "$${variable}"\n`,
  )
}
