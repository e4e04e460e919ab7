import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { openLiveOutside } from '../../app/folder/outside.ts'
import { peopleOfNetwork } from '../../app/web/people-of-network.ts'
import { printable } from '../../core/text/printable.ts'
import { SITE_OPTIONS } from '../terminal/site-options.ts'
import { defaultLetterFolder, openLetterFolder, type LetterFolderOptions } from '../../app/letter/folder.ts'
import { serveLetter } from '../../app/letter/serve.ts'
import { requireSecrets } from '../../app/letter/require-secrets.ts'
import { startRemarks } from './start-remarks.ts'

const OPTIONS = {
  folder: { type: 'string' },
  secrets: { type: 'string' },
  port: { type: 'string', default: '8421' },
  host: { type: 'string', default: '127.0.0.1' },
  origin: { type: 'string' },
  onion: { type: 'string' },
  public: { type: 'boolean', default: false },
  'trusted-proxy': { type: 'string', multiple: true, default: [] as string[] },
  networks: { type: 'string', multiple: true, default: [] as string[] },
} as const

/** `kuager letter serve`: the pages of a letter service, and everything of it that is due by the clock. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
  if (!(port <= 65_535)) throw wrongOption('port', `found "${printable(values.port)}"`, 'a number from 0 to 65535')
  const read = (name: 'origin' | 'onion'): string | undefined =>
    SITE_OPTIONS[name].read(values[name] === undefined ? [] : [values[name]], { name, world })
  const [origin, onion] = [read('origin'), read('onion')]
  const isPublic = values.public
  if (isPublic && origin === undefined)
    throw wrongOption('origin', 'it is missing', 'the address of the service: links of mails lead there')
  const networks = loadNetworks(values.networks.map((file) => resolve(world.cwd, file)))
  const settings: LetterFolderOptions = {
    simulated: !isPublic,
    trustedProxies: values['trusted-proxy'],
    peopleBehind: (address) => peopleOfNetwork(networks, address),
    ...defined({ secrets: values.secrets }),
    linkTo: origin ?? `http://localhost:${port}`,
    ...defined({ origin }),
  }
  await using folder = await openLetterFolder(world, values.folder ?? defaultLetterFolder(world), settings)
  await requireSecrets(folder)
  if (isPublic && (await folder.simulated())) throw simulatedLetters(folder.path)
  const desk = await folder.desk()
  await folder.listen(world.runCommand)
  await using _outside = openLiveOutside(folder, world.signal)
  const asked = { host: values.host, port, trustedProxies: values['trusted-proxy'] }
  const frame = defined({ origin, onion })
  await serveLetter(folder, { ...asked, frame, signal: world.signal }, (url) => {
    world.out.write(`The letter service is open at ${url}\n`)
    const started = { isPublic, trustedProxies: asked.trustedProxies, networks: values.networks }
    for (const remark of startRemarks({ ...started, takesMail: desk.takesMail })) world.err.write(`${remark}\n`)
  })
  return 0
}

const simulatedLetters = (path: string): InputError =>
  new InputError(`Cannot serve folder "${path}" in public: its letters are simulated`, {
    code: 'folder.simulated',
    path: 'folder',
    expected: 'a folder with a real letter, or no --public',
  })
