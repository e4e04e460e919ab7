import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { checkRegistryFile, copyRegistryFile, REGISTRY_FILES, type RegistryFilePart } from '../../app/registry/file.ts'
import { moveToDatabase, moveToFolder } from '../../app/registry/move.ts'
import { holdFolder } from '../../runtime/files/data-folder.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { UNFINISHED, writeDurable } from '../../runtime/files/durable-file.ts'
import { group, task } from '../terminal/command.ts'
import { required } from '../terminal/option.ts'
import { filePath, FOLDER, json } from '../terminal/shared-options.ts'
import { printable } from '../../core/text/printable.ts'
import { partsElsewhere, PARTS, registryFolder, REGISTRY_VARIABLE } from '../../app/registry/place.ts'
import { registryFileSha256, formatSums, readSums, SUMS } from '../../app/registry/sums.ts'

const FILE_PARTS = Object.keys(REGISTRY_FILES) as readonly RegistryFilePart[]

/** Parts whose file is there. */
function partsIn(folder: string): readonly RegistryFilePart[] {
  return FILE_PARTS.filter((part) => existsSync(join(folder, REGISTRY_FILES[part].name)))
}

/** Says how parts that are in PostgreSQL are saved; gives them. Throws InputError where the environment does not name one. */
function tellElsewhere(folder: string, world: World): ReadonlySet<RegistryFilePart> {
  const parts = partsElsewhere(folder, world.env)
  for (const [part, variable] of parts)
    world.err.write(
      `${part}: in PostgreSQL; save it by  pg_dump --format=custom --file=${part}.dump "$${variable}"  and check it by  pg_amcheck --install-missing "$${variable}"\n`,
    )
  return new Set(parts.keys())
}

/** Parts in files; a file of a part that is elsewhere is an old one. */
function presentParts(folder: string, elsewhere: ReadonlySet<RegistryFilePart>): readonly RegistryFilePart[] {
  const parts = partsIn(registryFolder(folder)).filter((part) => !elsewhere.has(part))
  if (parts.length === 0 && elsewhere.size === 0)
    throw new InputError(`Cannot use folder "${folder}": it has no registry`, {
      code: 'registry.missing',
      path: 'folder',
      expected: 'a data folder or that of a letter service',
    })
  return parts
}

async function backup(folder: string, out: string, world: World): Promise<number> {
  const elsewhere = tellElsewhere(folder, world)
  const parts = presentParts(folder, elsewhere)
  if (parts.length === 0) return 3
  if (existsSync(out) && (await readdir(out)).length > 0)
    throw wrongOption('out', `"${printable(out)}" is there already`, 'a new folder')
  const unfinished = await makeUnfinished(out)
  const sums = []
  for (const part of parts) {
    const { name } = REGISTRY_FILES[part]
    const copy = join(unfinished, name)
    await copyRegistryFile(join(registryFolder(folder), name), copy)
    const { wrong } = checkRegistryFile(copy, part)
    for (const sentence of wrong) world.err.write(`${name}: ${sentence}\n`)
    if (wrong.length > 0) return 3 // what is there stays, under the name of an unfinished one
    sums.push({ name, sha256: await registryFileSha256(copy) })
  }
  await writeDurable(join(unfinished, SUMS), new TextEncoder().encode(formatSums(sums)))
  await rename(unfinished, out) // an empty folder gives way to it
  await REAL_DISK.syncFolder(dirname(out))
  for (const { name, sha256 } of sums) world.out.write(`${sha256}  ${name}\n`)
  return elsewhere.size > 0 ? 3 : 0
}

/** A folder beside `out`, empty of what an interrupted backup left there; nothing else in it is touched. */
async function makeUnfinished(out: string): Promise<string> {
  const folder = `${out}${UNFINISHED}`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of [SUMS, `${SUMS}${UNFINISHED}`, ...FILE_PARTS.map((part) => REGISTRY_FILES[part].name)])
    await rm(join(folder, name), { force: true })
  if ((await readdir(folder)).length > 0)
    throw wrongOption('out', `"${printable(folder)}" holds other things`, 'a new folder with no such one beside it')
  return folder
}

async function restore(folder: string, from: string, world: World): Promise<number> {
  const sums = await readSums(from)
  await using held = await holdFolder(folder, 'kuager registry')
  const into = registryFolder(held.path)
  await mkdir(into, { recursive: true, mode: 0o700 })
  const known = new Set(await readdir(into))
  const copies: { readonly copy: string; readonly path: string }[] = []
  try {
    for (const { part, name, sha256 } of sums) {
      // A write-ahead log that lies about would be read into the restored file.
      if (['', '-wal', '-shm', '-journal'].some((ending) => known.has(`${name}${ending}`)))
        throw refused(name, 'the folder has one already')
      const path = join(into, name)
      const copy = `${path}${UNFINISHED}`
      await rm(copy, { force: true })
      copies.push({ copy, path })
      if (!existsSync(join(from, name))) throw refused(name, 'it is not in the backup')
      await copyBytes(join(from, name), copy)
      if ((await registryFileSha256(copy)) !== sha256) throw refused(name, `it does not have the sum of ${SUMS}`)
      const [first] = checkRegistryFile(copy, part).wrong
      if (first !== undefined) throw refused(name, first)
    }
    for (const { copy, path } of copies) await rename(copy, path)
    await REAL_DISK.syncFolder(into)
  } finally {
    for (const { copy } of copies) await rm(copy, { force: true })
  }
  for (const { name } of sums) world.out.write(`${name} is restored\n`)
  return 0
}

const refused = (name: string, why: string): InputError =>
  new InputError(`Cannot restore ${name}: ${why}`, {
    code: 'registry.backup',
    path: name,
    expected: 'a whole backup of this or an older version, and a folder without that file',
  })

async function copyBytes(from: string, to: string): Promise<void> {
  const [source, target] = [await REAL_DISK.open(from, 'read'), await REAL_DISK.open(to, 'create')]
  try {
    const piece = new Uint8Array(1024 * 1024)
    for (let at = 0; ;) {
      const length = await source.read(piece, at)
      if (length === 0) break
      await target.write(piece.subarray(0, length), at)
      at += length
    }
    await target.sync()
  } finally {
    await source.close()
    await target.close()
  }
}

function check(folder: string, json: boolean, world: World): number {
  const elsewhere = tellElsewhere(folder, world)
  let found = elsewhere.size > 0
  for (const part of presentParts(folder, elsewhere)) {
    const { name } = REGISTRY_FILES[part]
    const { version, rows, wrong } = checkRegistryFile(join(registryFolder(folder), name), part)
    found ||= wrong.length > 0
    if (json) world.out.write(`${JSON.stringify({ file: name, version, rows, wrong })}\n`)
    else {
      const held = Object.entries(rows).map(([table, count]) => `${count} ${table}`)
      world.out.write(`${name}: version ${version}; ${held.join(', ')}\n`)
      for (const sentence of wrong) world.out.write(`${name}: ${sentence}\n`)
    }
  }
  return found ? 3 : 0
}

const PLACE = { ...FOLDER, about: 'Data folder, or the folder of a letter service.' }

const BACKUP = task({
  about: `
Back up the registry while the server runs. Every file is copied as of one point in time into a new folder, with
SHA256SUMS ("sha256sum -c" reads it). A backup contains no secrets and names no signer. Data erased later stays in it:
destroy old backups on the day a letter is destroyed.`,
  examples: ['--out backup --folder /var/lib/kuager'],
  usage: ['--out DIR [--folder DIR]'],
  options: { out: required('DIR', 'The new folder.', 'a new folder', filePath), folder: PLACE },
  exit: { 3: 'a part is in PostgreSQL, or a file is damaged' },
  run: ({ out, folder }, { world }) => backup(resolve(world.cwd, folder), out, world),
})

const RESTORE = task({
  about: `
Restore the registry from a backup. The folder must have no registry, and no process may use it. A damaged backup, or
one of a newer program, is refused.`,
  examples: ['--from backup --folder new-data'],
  usage: ['--from DIR [--folder DIR]'],
  options: { from: required('DIR', 'The backup.', 'a backup', filePath), folder: PLACE },
  run: ({ from, folder }, { world }) => restore(resolve(world.cwd, folder), from, world),
})

const CHECK = task({
  about: 'Read every file of the registry and list its contents.',
  examples: ['--folder /var/lib/kuager'],
  options: { folder: PLACE, json: json('Print one JSON object per line.') },
  exit: { 3: 'something is wrong, or a part is in PostgreSQL' },
  run: async ({ folder, json }, { world }) => check(resolve(world.cwd, folder), json, world),
})

async function move(folder: string, to: string, world: World): Promise<number> {
  await using held = await holdFolder(folder, 'kuager registry')
  const url = to === 'database' ? (world.env[REGISTRY_VARIABLE] ?? '') : to
  const moved = to === 'folder' ? await moveToFolder(held.path, world.env) : await moveToDatabase(held.path, url)
  for (const { part, tables } of moved) {
    world.out.write(`${part} is moved\n`)
    for (const { table, rows, sha256 } of tables) world.out.write(`  ${sha256}  ${rows} ${table}\n`)
  }
  if (to === 'folder')
    world.err.write(`Take ${REGISTRY_VARIABLE} and the variables of the parts out of the environment of the server\n`)
  else world.err.write(`Set ${REGISTRY_VARIABLE} for the server and for every command: the registry is there now\n`)
  return 0
}

const MOVE = task({
  about: `
Move the registry from files into PostgreSQL, or back. No process may use the folder. Every table is compared by count
and hash. An interrupted move changes nothing; run the same command again. Old files stay with ".moved" after their
names, and an old database is marked so that nothing opens it.`,
  examples: ['--to postgres://kuager@db.example/kuager'],
  usage: ['--to PLACE [--folder DIR]'],
  options: {
    to: required(
      'PLACE',
      `"database": the one that ${REGISTRY_VARIABLE} names; "folder": files again; or an address, postgres://user@host/database.`,
      'a place',
    ),
    folder: PLACE,
  },
  run: ({ to, folder }, { world }) => move(resolve(world.cwd, folder), to, world),
})

export const command = group({
  about: `
Back up, restore and check keys, reports and signatures. The registry of a data folder has the keys of probes, reports
and checks; that of a letter service has letters and signatures.`,
  commands: {
    backup: async () => BACKUP,
    restore: async () => RESTORE,
    check: async () => CHECK,
    move: async () => MOVE,
  },
  notes: `
A part that is in PostgreSQL (${[
    REGISTRY_VARIABLE,
    ...Object.values(PARTS).flatMap((part) => ('variable' in part ? [part.variable] : [])),
  ].join(', ')}) is saved by pg_dump; then backup and check end with 3. What the files hold: docs/formats/registry.md`,
})
