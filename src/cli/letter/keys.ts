import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { recipientFingerprint } from '../../letter/core/signature.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { keysSchema, type LetterKeys } from '../../letter/core/letter.ts'
import { makeKeyPair, readIdentities, recipientKind } from '../../letter/handover/age.ts'
import { systemClock } from '../../runtime/clock.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'
import { group, task } from '../terminal/command.ts'
import {
  flag,
  optional,
  required,
  withDefault,
  wordOf,
  type OptionReader,
  type OptionValues,
} from '../terminal/option.ts'
import { json } from '../terminal/shared-options.ts'
import { LETTER_FILE } from './options.ts'
import { readLetterFile } from '../../letter/letter-file.ts'
import { writeNew } from './new.ts'
import { makeReviewerKey } from '../../app/letter/reviewer-key.ts'

const holderName =
  (most: number): OptionReader<string> =>
  (text, { name }) => {
    const holder = printable(text).trim()
    if (holder === '' || holder.length > most) throw wrongOption(name, 'it is empty or too long', 'a name')
    return holder
  }

const NEW = task({
  about: `
Create the secret key of a holder. Prints its public half. Run it on a machine of your own, offline if you can, never
on the server.`,
  examples: ['--holder "A. Editor" --out holder.key'],
  usage: ['--holder NAME --out FILE [--hybrid]'],
  options: {
    holder: required('NAME', 'Name of the holder.', 'the name of the holder', holderName(400)),
    out: required('FILE', 'The new file of the secret key.', 'the file for the secret key'),
    hybrid: flag(
      `The key also withstands computers that break today's keys; the age program of today's Debian (1.2) does not open
      what is sealed to it.`,
    ),
  },
  run: (values, { world }) => makeKey(values, world),
})

const ADD_OPTIONS = {
  recipient: optional('age1…', 'Public key of the holder, as "kuager letter keys new" prints it.'),
  layer: withDefault('1|2', 'Layer of the key.', '1', wordOf(['1', '2'])),
  kk: optional('NAME', 'Name of the holder in Kazakh.'),
  ru: optional('NAME', 'Name of the holder in Russian.'),
  en: optional('NAME', 'Name of the holder in English.'),
}

const ADD = task({
  about: `
Add a holder of a key to the letter. With one layer, any holder opens the signatures alone; with two, one holder of
each together.`,
  examples: ['letter.json --recipient age1ql3z… --kk Аты --ru Имя --en Name'],
  words: LETTER_FILE,
  usage: ['LETTER.json --recipient age1… --kk NAME --ru NAME --en NAME [--layer 1|2]'],
  options: ADD_OPTIONS,
  run: (values, { world, words: [path = ''] }) => addKey(path, values, world),
})

const SHOW = task({
  about: 'Show public keys and fingerprints to print and compare. They are shown in three languages.',
  examples: ['letter.json'],
  words: LETTER_FILE,
  options: {
    lang: optional('LANG', `Only this language: ${LANGS.join(', ')}.`, { read: wordOf(LANGS) }),
    json: json(),
  },
  run: (values, { world, words: [path = ''] }) => showKeys(path, values, world),
})

const REVIEWER = task({
  about: 'Create the key of a person who approves removals. Add what it prints to reviewers.json.',
  examples: ['--holder "B. Reviewer" --out reviewer.key'],
  usage: ['--holder NAME --out FILE'],
  options: {
    holder: required('NAME', 'Name of the reviewer.', 'the name of the reviewer', holderName(120)),
    out: required('FILE', 'The new file of the key.', 'the file for the key'),
  },
  run: (values, { world }) => makeReviewer(values, world),
})

export const command = group({
  about: 'Manage the keys that open signatures and approve removals.',
  commands: { new: async () => NEW, add: async () => ADD, show: async () => SHOW, reviewer: async () => REVIEWER },
})

interface NewKey {
  readonly holder: string
  readonly out: string
}

async function makeKey({ holder, ...values }: NewKey & { readonly hybrid: boolean }, world: World): Promise<number> {
  const path = resolve(world.cwd, values.out)
  refuseOnServer(path)
  const { identity, recipient } = await makeKeyPair({ hybrid: values.hybrid })
  const day = new Date(systemClock.now()).toISOString().slice(0, 10)
  await writeNew(path, `# created: ${day}\n# holder: ${holder}\n# public key: ${recipient}\n${identity}\n`, 0o600)
  world.out.write(`${recipient}\n`)
  world.err.write(
    [
      `The secret key is in "${printable(values.out)}". A person who has it reads the signatures; without it no one ever does.`,
      'It never goes to the server: make it on a machine of your own, keep two copies in two places, abroad where you can.',
      `Fingerprint, to be read aloud: ${await recipientFingerprint(recipient, sha256)}`,
      ...(values.hybrid
        ? [
            'Not every age program opens what is sealed to a hybrid key: version 1.2 does not. Try it before it is used.',
          ]
        : []),
      '',
    ].join('\n'),
  )
  return 0
}

async function makeReviewer({ holder: name, out }: NewKey, world: World): Promise<number> {
  const path = resolve(world.cwd, out)
  refuseOnServer(path)
  const { text, key } = makeReviewerKey(name)
  await writeNew(path, text, 0o600)
  world.out.write(`${JSON.stringify({ name, key })}\n`)
  world.err.write('What was printed goes into the list "reviewers.json" of the folder of the service; keep the file\n')
  return 0
}

/** Folders of a service of ours: a secret there would be seized with what it opens. */
const SERVED = ['lock.sqlite', 'holder.json', 'registry', 'archive']

function refuseOnServer(path: string): void {
  for (let folder = dirname(path), above = ''; folder !== above; above = folder, folder = dirname(folder))
    if (existsSync(join(folder, 'lock.sqlite')) && SERVED.some((name) => existsSync(join(folder, name))))
      throw new InputError(`Cannot write a secret key into "${printable(folder)}": it is the folder of a server`, {
        code: 'keys.server',
        path: '--out',
        expected: 'a folder on a machine of the holder, never on the server',
      })
}

async function addKey(
  path: string,
  { recipient = '', layer, kk, ru, en }: OptionValues<typeof ADD_OPTIONS>,
  world: World,
): Promise<number> {
  if (recipientKind(recipient) === undefined)
    // The text is not repeated: by a slip it may be the secret half.
    throw wrongOption('recipient', 'it is no public key of age', 'what "kuager letter keys new" printed: age1…')
  if (kk === undefined || ru === undefined || en === undefined)
    throw wrongOption('kk', 'the holder is not named in three languages', '--kk NAME --ru NAME --en NAME')
  const value = await readLetterFile(path, world)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InputError(`Cannot add a key to "${printable(path)}": it is no letter`, {
      code: 'letter.file',
      path: 'LETTER.json',
      expected: 'a file as "kuager letter new" writes it',
    })
  const layers = layersOf(value)
  const at = Number(layer) - 1
  if (at > layers.length) throw wrongOption('layer', 'there is no first layer yet', '1')
  const taken = layers.findIndex((one) => one.some((holder) => holder.recipient === recipient))
  if (taken >= 0)
    throw wrongOption('recipient', `it is a key of layer ${taken + 1} already`, 'a key of its own for each holder')
  const added = layers.map((one) => [...one])
  ;(added[at] ??= []).push({ holder: { kk, ru, en }, recipient })
  const keys = keysSchema.safeParse({ layers: added })
  if (!keys.success)
    throw new InputError(`Cannot add a key: ${printable(keys.error.issues[0]?.message ?? '')}`, {
      code: 'letter.keys',
      path: `/keys/${keys.error.issues[0]?.path.join('/') ?? ''}`,
      expected: 'at most 10 holders in a layer, named in three languages',
    })
  const text = `${JSON.stringify({ ...value, keys: keys.data }, undefined, 2)}\n`
  await writeDurable(resolve(world.cwd, path), Buffer.from(text))
  const holders = keys.data.layers[at]?.length ?? 0
  world.err.write(
    `Layer ${layer} has ${holders} ${holders === 1 ? 'holder' : 'holders'} now; remarks of the file are gone\n`,
  )
  return 0
}

/** Layers that the file has already; one without any is an empty list there, which no letter may have at the end. */
function layersOf(value: object): LetterKeys['layers'] {
  if (!('keys' in value) || typeof value.keys !== 'object' || value.keys === null) return []
  if ('layers' in value.keys && Array.isArray(value.keys.layers) && value.keys.layers.length === 0) return []
  const keys = keysSchema.safeParse(value.keys)
  if (keys.success) return keys.data.layers
  throw new InputError('Cannot add a key: the keys of the letter do not read', {
    code: 'letter.keys',
    path: `/keys/${keys.error.issues[0]?.path.join('/') ?? ''}`,
    expected: '"layers" of holders with their recipients',
  })
}

async function showKeys(
  path: string,
  values: { readonly lang: Lang | undefined; readonly json: boolean },
  world: World,
): Promise<number> {
  const value = await readLetterFile(path, world)
  const keys = typeof value === 'object' && value !== null ? { layers: layersOf(value) } : { layers: [] }
  const title = titleOf(value)
  if (values.json) {
    world.out.write(`${JSON.stringify(keys)}\n`)
    return 0
  }
  const langs: readonly Lang[] = values.lang === undefined ? LANGS : [values.lang]
  const shown: string[] = []
  for (const lang of langs) shown.push(await keysText(lang, title?.[lang] ?? '', keys))
  world.out.write(shown.join('\n'))
  return 0
}

const titleOf = (value: unknown): Readonly<Partial<Record<Lang, string>>> | undefined => {
  if (typeof value !== 'object' || value === null || !('title' in value)) return undefined
  const title: unknown = value.title
  if (typeof title !== 'object' || title === null) return undefined
  return Object.fromEntries(
    Object.entries(title).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** The sheet by which people compare the keys of a page with those of paper, in one language. */
async function keysText(lang: Lang, title: string, { layers }: LetterKeys): Promise<string> {
  const lines = [
    say(lang, 'handover.keys.title', { title: printable(title) }),
    say(lang, layers.length === 2 ? 'handover.keys.two' : 'handover.keys.one'),
    '',
  ]
  for (const [at, layer] of layers.entries()) {
    if (layers.length === 2)
      lines.push(say(lang, at === 0 ? 'handover.readme.layer.inner' : 'handover.readme.layer.outer'))
    for (const { holder, recipient } of layer)
      lines.push(
        `  ${say(lang, 'letter.keys.holder')}: ${printable(holder[lang])}`,
        `  ${say(lang, 'letter.keys.fingerprint')}: ${await recipientFingerprint(recipient, sha256)}`,
        `  ${say(lang, 'handover.keys.recipient')}: ${printable(recipient)}`,
        '',
      )
  }
  lines.push(say(lang, 'handover.keys.compare'), '')
  return lines.join('\n')
}

/** Secrets of the files given, of all of them together. Throws InputError, which repeats nothing of a file. */
export async function readIdentityFiles(
  files: readonly string[],
  world: Pick<World, 'cwd'>,
): Promise<Awaited<ReturnType<typeof readIdentities>>> {
  if (files.length === 0) throw wrongOption('identity', 'it is missing', 'the file of a secret key')
  const all = await Promise.all(
    files.map(async (file) => {
      // Also a pipe, as of `<(age --decrypt key.age)`, so that a sealed key never lies open on the disk.
      const text = await readFile(resolve(world.cwd, file), 'utf8').catch(() => {
        throw wrongOption('identity', `"${printable(file)}" cannot be read`, 'the file of a secret key')
      })
      return readIdentities(text, `--identity ${printable(file)}`)
    }),
  )
  return all.flat()
}
