import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { decodeBase64, encodeBase64 } from '../../core/evidence/base64.ts'
import {
  checkMinisign,
  formatMinisignKey,
  minisignKeyName,
  parseMinisignKey,
  signMinisign,
  type MinisignSigner,
} from '../../core/evidence/minisign.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { signMetadata } from '../../release/publish.ts'
import { describeMetadata } from '../../release/describe.ts'
import { makeSeed, publicKeyOf, signEd25519, verifyEd25519 } from '../../runtime/ed25519.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { task } from '../terminal/command.ts'
import { optional, required } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

const SECRET = 'kuager release key'
const SIGNATURE = '.minisig'
const key = required('FILE', 'The secret key.', 'a file made by "kuager release key"', filePath)

/** The key of releases out of its file. Throws InputError where there is none, or where it is damaged. */
export async function readSigner(path: string): Promise<MinisignSigner> {
  const [head, data = ''] = (await readWhole(path))?.toString('utf8').trimEnd().split('\n') ?? []
  const bytes = decodeBase64(data)
  if (head !== SECRET || bytes?.length !== 40)
    throw new InputError(`Cannot read the key "${basename(path)}"`, {
      code: 'release.key',
      path,
      expected: 'a file made by "kuager release key"',
    })
  return signerOf(bytes.slice(0, 8), bytes.slice(8))
}

const signerOf = (id: Uint8Array, seed: Uint8Array): MinisignSigner => ({
  id,
  publicKey: publicKeyOf(seed),
  sign: (message) => signEd25519(seed, message),
})

/** BLAKE2b-512 of a file, which may be larger than memory. */
async function blake2bOf(path: string): Promise<Uint8Array> {
  const hash = createHash('blake2b512')
  await pipeline(createReadStream(path), hash)
  return new Uint8Array(hash.digest())
}

/** `kuager release key` */
export const makeKey = task({
  about: `
Create the secret key that signs releases. Prints its public key. Run it on a machine without a network; only its
owner can read the file.`,
  examples: ['kuager-release.key'],
  words: { FILE: 'Where the secret key is written; an existing file is left alone.' },
  options: {},
  async run(_, { world, words: [name = ''] }) {
    const path = filePath(name, { world, name: 'FILE' })
    if ((await readWhole(path)) !== undefined)
      throw new InputError(`Cannot make a key: "${basename(path)}" is there already`, {
        code: 'release.key-there',
        path,
        expected: 'a name that is free',
      })
    const [id, seed] = [makeSeed().slice(0, 8), makeSeed()]
    await writeDurable(path, Buffer.from(`${SECRET}\n${encodeBase64(Uint8Array.from([...id, ...seed]))}\n`))
    world.out.write(`${formatMinisignKey(signerOf(id, seed))}\n`)
    return 0
  },
})

/** `kuager release sign` */
export const sign = task({
  about: `
Sign the files of a release, or update metadata. Files of a folder that "npm run release" wrote are signed in the form
of minisign, with the version in the signed comment. A metadata file of updates is shown before it is signed. It needs
no network.`,
  examples: ['release --key kuager-release.key --comment "kuager 0.2.0"'],
  words: { PATH: 'The folder of the release, or one metadata file (.json).' },
  options: {
    key,
    comment: optional('TEXT', 'What is signed with each file of a folder, such as "kuager 0.2.0".'),
  },
  async run(values, { world, words: [name = ''] }) {
    const folder = filePath(name, { world, name: 'PATH' })
    const signer = await readSigner(values.key)
    if (folder.endsWith('.json')) {
      const metadata = await signMetadata(folder, signer)
      for (const line of describeMetadata(metadata)) world.out.write(`${printable(line)}\n`)
      return 0
    }
    if (values.comment === undefined) throw wrongOption('comment', 'it is missing', 'one line of text')
    const files = (await readdir(folder)).filter((file) => !file.endsWith(SIGNATURE)).sort()
    for (const file of files) {
      const text = signMinisign(await blake2bOf(join(folder, file)), signer, `${values.comment} file:${file}`)
      await writeDurable(join(folder, `${file}${SIGNATURE}`), Buffer.from(text))
    }
    world.out.write(`${files.length} files signed by key ${minisignKeyName(signer)}\n`)
    return 0
  },
})

/** `kuager release verify` */
export const verify = task({
  about: 'Check the signature of one file. "minisign -Vm FILE -P KEY" does the same.',
  examples: ['kuager-probe-linux-x64 --public-key RWQf6LRCGA9i53ml'],
  words: { FILE: 'A file; its signature is next to it.' },
  options: { 'public-key': required('KEY', 'The public key.', 'the line that "kuager release key" printed') },
  exit: { 3: 'the signature is not of this key and this file' },
  async run(values, { world, words: [name = ''] }) {
    const path = filePath(name, { world, name: 'FILE' })
    const trusted = parseMinisignKey(values['public-key'])
    if (trusted === undefined)
      throw new InputError('Cannot read the public key', {
        code: 'release.public-key',
        path: '--public-key',
        expected: 'the line that "kuager release key" printed',
      })
    const text = (await readWhole(`${path}${SIGNATURE}`))?.toString('utf8') ?? ''
    const checked = checkMinisign(text, await blake2bOf(path), trusted, verifyEd25519)
    world.out.write(checked === undefined ? 'The signature does not fit.\n' : `Signed: ${checked.comment}\n`)
    return checked === undefined ? 3 : 0
  },
})
