import { parseMinisignKey } from '../../core/evidence/minisign.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { UPDATE_ROLES, versionSchema, type UpdateRole } from '../../core/model/update/update-folder.ts'
import { printable } from '../../core/text/printable.ts'
import { draftRoot, draftTargets, type RolePlan } from '../../release/draft.ts'
import { describeUpdates, publish, publishTimestamp, type Published } from '../../release/publish.ts'
import { systemClock } from '../../runtime/clock.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { optional, repeatable, wholeNumber, withDefault, type OptionReader } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'
import { readSigner } from './files.ts'

const FOLDER = 'The folder of updates: metadata, drafts and programs.'
const days = (byDefault: string, what: string): ReturnType<typeof withDefault<number>> =>
  withDefault('DAYS', `Days until ${what} expires.`, byDefault, wholeNumber(1, 3650))
const threshold = (role: UpdateRole): ReturnType<typeof optional<number>> =>
  optional('N', `How many ${role} keys must sign.`, { byDefault: 'as before, else 1', read: wholeNumber(1, 20) })

const publicKey: OptionReader<Uint8Array> = (text, { name }) => {
  const key = parseMinisignKey(text)
  if (key === undefined)
    throw wrongOption(name, `found "${printable(text)}"`, 'the line that "kuager release key" printed')
  return key.publicKey
}
const publicKeys = (role: UpdateRole): ReturnType<typeof repeatable<Uint8Array>> =>
  repeatable('KEY', `Public key of the role ${role}, as "kuager release key" printed it.`, {
    byDefault: 'as before',
    read: publicKey,
  })
const secretKeys = (role: string): ReturnType<typeof repeatable<string>> =>
  repeatable('FILE', `Secret key of the role ${role}.`, { read: filePath })

const folderOf = ({ world, words: [name = ''] }: CommandCall): string => filePath(name, { world, name: 'DIR' })
const readSigners = (paths: readonly string[]): Promise<Awaited<ReturnType<typeof readSigner>>[]> =>
  Promise.all(paths.map(readSigner))

/** `kuager release root` */
export const root = task({
  about: `
Draft the next root metadata: keys and thresholds. It is signed by enough keys of the version before and by enough of
its own, then published by "kuager release publish".`,
  examples: ['updates --root RWTU7T61d4tr9aLCSsZnZQ5Sd0R8j5zpxTN4qN7nUcpJ+avWNvBjfOGR'],
  words: { DIR: FOLDER },
  options: {
    root: publicKeys('root'),
    targets: publicKeys('targets'),
    snapshot: publicKeys('snapshot'),
    timestamp: publicKeys('timestamp'),
    'root-threshold': threshold('root'),
    'targets-threshold': threshold('targets'),
    'snapshot-threshold': threshold('snapshot'),
    'timestamp-threshold': threshold('timestamp'),
    days: days('365', 'it'),
  },
  async run(values, call) {
    const plan = (role: UpdateRole): RolePlan => ({
      ...(values[role].length === 0 ? {} : { keys: values[role] }),
      ...(values[`${role}-threshold`] === undefined ? {} : { threshold: values[`${role}-threshold`] ?? 1 }),
    })
    const roles = Object.fromEntries(UPDATE_ROLES.map((role) => [role, plan(role)])) as Record<UpdateRole, RolePlan>
    const path = await draftRoot(folderOf(call), { roles, days: values.days, now: systemClock.now() })
    call.world.out.write(`${printable(path)}\nTo be signed: kuager release sign FILE --key FILE\n`)
    return 0
  },
})

/** `kuager release targets` */
export const targets = task({
  about: `
Draft the next targets metadata: the programs to install. The programs that "npm run release" built are compressed
into the folder of updates. Without --release: the same programs with another expiry.`,
  examples: ['updates --release release --version 0.3.0'],
  words: { DIR: FOLDER },
  options: {
    release: optional('DIR', 'The folder of the release.', { read: filePath }),
    version: optional('VERSION', 'Version of the programs, as "kuager-probe --version" prints it.'),
    days: days('365', 'it'),
  },
  async run(values, call) {
    const { release, version } = values
    if ((release !== undefined || version !== undefined) && !versionSchema.safeParse(version).success)
      throw wrongOption('version', `found "${printable(version ?? '')}"`, 'three numbers, such as 0.3.0')
    const from = release === undefined || version === undefined ? undefined : { release, version }
    const path = await draftTargets(folderOf(call), { from, days: values.days, now: systemClock.now() })
    call.world.out.write(`${printable(path)}\nTo be signed: kuager release sign FILE --key FILE\n`)
    return 0
  },
})

/** `kuager release publish` */
export const publishAll = task({
  about: `
Publish drafts that have all their signatures. A new timestamp is signed too, and a new snapshot if something changed.`,
  examples: ['updates --key snapshot.key --key timestamp.key'],
  words: { DIR: FOLDER },
  options: {
    key: secretKeys('snapshot or timestamp'),
    'snapshot-days': days('180', 'the snapshot'),
    'timestamp-days': days('30', 'the timestamp'),
  },
  exit: { 3: 'something waits for signatures' },
  async run(values, call) {
    const published = await publish(folderOf(call), {
      signers: await readSigners(values.key),
      days: { snapshot: values['snapshot-days'], timestamp: values['timestamp-days'] },
      now: systemClock.now(),
    })
    return tell(published, call)
  },
})

/** `kuager release timestamp` */
export const timestamp = task({
  about: 'Sign and publish the next timestamp. Do it before the former one expires, also if nothing changed.',
  examples: ['updates --key timestamp.key'],
  words: { DIR: FOLDER },
  options: { key: secretKeys('timestamp'), days: days('30', 'it') },
  async run(values, call) {
    const signers = await readSigners(values.key)
    const plan = { signers, days: { timestamp: values.days }, now: systemClock.now() }
    return tell({ files: [await publishTimestamp(folderOf(call), plan)], waiting: [] }, call)
  },
})

function tell({ files, waiting }: Published, { world }: CommandCall): number {
  for (const { role, version } of files) world.out.write(`${role} version ${version}: published\n`)
  for (const { role, version, keysOf, signed, threshold: needed } of waiting)
    world.out.write(`${role} version ${version}: waits, ${signed} of ${needed} signatures by keys of the ${keysOf}\n`)
  return waiting.length > 0 ? 3 : 0
}

/** `kuager release show` */
export const show = task({
  about: 'Show versions, expiry and keys of a folder of updates.',
  examples: ['updates'],
  words: { DIR: FOLDER },
  options: {},
  exit: { 3: 'something has expired or is missing' },
  async run(_, call) {
    const now = systemClock.now()
    let fine = true
    for (const { role, version, expires, keys, threshold: needed } of await describeUpdates(folderOf(call))) {
      const until = expires === undefined ? 'not published' : new Date(expires).toISOString().slice(0, 10)
      const over = expires === undefined || expires <= now
      fine &&= !over
      call.world.out.write(
        `${role.padEnd(9)}  version ${version}  until ${until}${over ? ' (over)' : ''}  ${needed} of ${keys.length}: ${keys.join(', ')}\n`,
      )
    }
    return fine ? 0 : 3
  },
})
