import { resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { LANGS } from '../../core/text/lang.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { flag, optional, repeatable, type OptionValues } from '../terminal/option.ts'
import { filePath, FOLDER, json, networks, WAREHOUSE } from '../terminal/shared-options.ts'
import { SITE_OPTIONS, siteSettings } from '../terminal/site-options.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { folderSite } from '../../app/observatory/site.ts'
import { withFolder, type OpenFolder } from '../../app/folder/open.ts'
import { mirrorKeyName, openMirrorKey, readMirrorKey, type MirrorKey } from '../../app/proof/mirror-key.ts'
import { chooseLang } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'
import { loadNames } from '../../app/web/load-names.ts'
import { openSiteDrawing } from '../../app/observatory/drawing.ts'
import { liveFrame } from '../../app/web/frame.ts'
import { isCopySound, readTrusted, verifiedText, verifyMirror } from './verify-mirror.ts'
import { writeOneFile } from '../../app/proof/write-one-file.ts'
import { writeMirror, type MirrorWritten } from '../../app/proof/write-mirror.ts'

const OPTIONS = {
  out: optional('DIR', 'Folder of the copy; one with an earlier copy is updated, and no file of others is changed.', {
    read: filePath,
  }),
  'one-file': optional('FILE', 'Today as one signed page under 200 KB, to be forwarded in a messenger.', {
    read: filePath,
  }),
  verify: optional('PATH', 'Check a copy: note, signature, key, list, every file.'),
  trust: repeatable('KEY', 'A key to trust, as "kuager mirror --key" prints it.', {
    byDefault: 'the key of the data folder, if it has one',
  }),
  key: flag('Print the key with which copies of the folder are signed, to be published elsewhere.'),
  'key-name': optional('NAME', 'Name of a key that is made now.', {
    byDefault: 'host of --origin with /mirror, else kuager/mirror',
  }),
  folder: { ...FOLDER, about: 'Data folder; it may be served meanwhile.' },
  warehouse: WAREHOUSE,
  public: flag('Refuse a folder that holds any simulated measurement.'),
  networks: networks('Table of networks in addition to the bundled one.'),
  lang: optional('LANG', 'kk, ru or en: language of --verify; with --one-file the languages of the page.', {
    byDefault: 'all for a page',
  }),
  json: json('Print what was done or found as one JSON object.'),
  ...SITE_OPTIONS,
}
type Asked = OptionValues<typeof OPTIONS>

export const command = task({
  about: 'Write the site as signed files, or verify a copy. Copies open from any server, a folder or a USB stick.',
  examples: ['--out copy --folder /var/lib/kuager', '--verify copy --trust mirror.key'],
  usage: [
    '--out DIR [options]',
    '--one-file FILE.html [options]',
    '--verify DIR|FILE [--trust KEY]',
    '--key [--folder DIR]',
  ],
  options: OPTIONS,
  exit: { 3: '--verify found a problem' },
  notes: 'What a copy holds, and how to check it without this program: docs/operating/mirror.md',
  run,
})

async function run(values: Asked, call: CommandCall): Promise<number> {
  const { world } = call
  const acts = [values.out, values['one-file'], values.verify, values.key ? '' : undefined]
  if (acts.filter((act) => act !== undefined).length !== 1)
    throw new InputError('Cannot mirror: expected one of --out, --one-file, --verify and --key', {
      code: 'argument.missing',
      path: 'mirror',
      expected: 'one of --out, --one-file, --verify and --key',
    })
  const { folder } = values
  if (values.verify !== undefined) return verify(values.verify, values, world)
  return withFolder(world, { folder, mustExist: true, ...call }, async (open) => {
    const key = await openMirrorKey(open.path, keyName(values))
    if (values.key) {
      world.out.write(`${key.line}\n`)
      return 0
    }
    return write(open, { ...values, signingKey: key }, world)
  })
}

/** Name of a key that is made now; of one that is there, the name stays. */
function keyName({ 'key-name': given, origin }: Asked): string {
  if (given === undefined) return mirrorKeyName(origin)
  if (/^[a-z0-9][a-z0-9./:-]{0,99}$/i.test(given)) return given
  throw wrongOption('key-name', `found "${printable(given)}"`, 'a name such as kuager.example/mirror')
}

async function verify(path: string, values: Asked, world: World): Promise<number> {
  const lang = chooseLang(values.lang, world)
  const own = values.trust.length > 0 ? undefined : await readMirrorKey(resolve(world.cwd, values.folder))
  const trusted = own === undefined ? readTrusted(values.trust) : [own.verifier]
  const now = systemClock.now()
  const checked = await verifyMirror(path, { trusted, now }, world)
  if (values.json) {
    const { steps, statement } = checked
    world.out.write(`${JSON.stringify({ sound: isCopySound(checked), steps, statement: statement ?? null })}\n`)
  } else world.out.write(verifiedText(lang, checked, now))
  return isCopySound(checked) ? 0 : 3
}

type Writing = Asked & { readonly signingKey: MirrorKey }

async function write(folder: OpenFolder, values: Writing, world: World): Promise<number> {
  const frame = liveFrame(siteSettings(values), { folder: folder.path, isPublic: values.public })
  if (values.public && (await (await folder.warehouse()).hasSimulated()))
    throw new InputError(`Cannot copy folder "${folder.path}" in public: it holds simulated measurements`, {
      code: 'folder.simulated',
      path: 'folder',
      expected: 'a folder with real measurements only, or no --public',
    })
  const networkFiles = values.networks
  const names = await loadNames(networkFiles)
  const log = openLog({ level: 'warn' })
  await using drawing = openSiteDrawing()
  await using after = new AsyncDisposableStack()
  const closeWith = (what: AsyncDisposable): void => void after.use(what)
  const site = await folderSite(folder, {
    names,
    log,
    isPublic: values.public,
    networkFiles,
    fingerprintFiles: fingerprintFiles([], world),
    frame,
    closeWith,
  })
  const options = {
    site: { ...site, draw: drawing.draw },
    key: values.signingKey,
    madeAt: systemClock.now(),
    signal: world.signal,
  }
  if (values.out === undefined) return oneFile(values, options, world)
  const written = await writeMirror({
    ...options,
    out: values.out,
    onProgress: progressTo(world),
  })
  tell(written, values.json, world)
  return 0
}

async function oneFile(
  values: Writing,
  options: Pick<Parameters<typeof writeOneFile>[0], 'site' | 'key' | 'madeAt'>,
  world: World,
): Promise<number> {
  const langs = values.lang === undefined || values.lang === 'all' ? LANGS : [chooseLang(values.lang, world)]
  const out = values['one-file'] ?? ''
  const { bytes, sha256, simulated } = await writeOneFile({ ...options, out, langs })
  world.out.write(
    values.json
      ? `${JSON.stringify({ bytes, sha256, simulated })}\n`
      : `${(bytes / 1000).toFixed(0)} KB${simulated ? '; simulated' : ''}\nSHA-256 without the note: ${sha256}\n`,
  )
  return 0
}

function tell(written: MirrorWritten, json: boolean, world: World): void {
  const { files, bytes, changed, removed, missing, sha256, simulated } = written
  if (json) {
    const counts = { files, bytes, changed, removed, missing: missing.length, simulated, sha256 }
    return void world.out.write(`${JSON.stringify(counts)}\n`)
  }
  world.out.write(
    `${files} files, ${(bytes / 1e6).toFixed(1)} MB; ${changed} new or changed, ${removed} removed` +
      `${simulated ? '; simulated' : ''}\nSHA-256 of the list: ${sha256}\n`,
  )
  if (missing.length > 0)
    world.err.write(`${missing.length} pages are named and not there, first ${printable(missing[0] ?? '')}\n`)
}

/** One line over and over on a terminal, else one for each thousand pages. */
function progressTo(world: World): (done: number, known: number) => void {
  return (done, known) => {
    if (world.terminal) {
      if (done % 20 === 0 || done === known) world.err.write(`\r${done} / ${known} pages${done === known ? '\n' : ''}`)
    } else if (done % 1000 === 0) world.err.write(`${done} of ${known} pages\n`)
  }
}
