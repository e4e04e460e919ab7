import { InputError, wrongOption } from '../../core/model/errors.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { openLiveOutside } from '../../app/folder/outside.ts'
import { peopleOfNetwork } from '../../app/web/people-of-network.ts'
import { SITE_OPTIONS } from '../terminal/site-options.ts'
import { openLetterFolder, type LetterFolderOptions } from '../../app/letter/folder.ts'
import { serveLetter } from '../../app/letter/serve.ts'
import { requireSecrets } from '../../app/letter/require-secrets.ts'
import { startRemarks } from './start-remarks.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { HOST, TRUSTED_PROXY, networks, port } from '../terminal/shared-options.ts'
import { SERVICE_OPTIONS } from './options.ts'

export const command = task({
  about: `
Serve the pages of open letters and count signatures. Signatures are counted in batches, and those that are due are
destroyed. The other commands on the folder run through this server. Mail is sent as mail.json in the folder of
secrets says.`,
  examples: ['--folder letter --secrets secrets --origin https://letter.example --public'],
  options: {
    ...SERVICE_OPTIONS,
    port: port(8421),
    host: HOST,
    origin: SITE_OPTIONS.origin,
    onion: SITE_OPTIONS.onion,
    public: flag('Serve real letters. Without it: letters are simulated, and every page says so.'),
    'trusted-proxy': TRUSTED_PROXY,
    networks: networks('Table of networks with ranges of addresses, in addition to the bundled one.'),
  },
  async run({ origin, onion, port, ...values }, { world }) {
    const isPublic = values.public
    if (isPublic && origin === undefined)
      throw wrongOption('origin', 'it is missing', 'the address of the service: links of mails lead there')
    const networks = loadNetworks(values.networks)
    const settings: LetterFolderOptions = {
      simulated: !isPublic,
      trustedProxies: values['trusted-proxy'],
      peopleBehind: (address) => peopleOfNetwork(networks, address),
      ...(values.secrets === undefined ? {} : { secrets: values.secrets }),
      linkTo: origin ?? `http://localhost:${port}`,
      ...(origin === undefined ? {} : { origin }),
    }
    await using folder = await openLetterFolder(world, values.folder, settings)
    await requireSecrets(folder)
    if (isPublic && (await folder.simulated())) throw simulatedLetters(folder.path)
    const desk = await folder.desk()
    await folder.listen(world.runCommand)
    await using _outside = openLiveOutside(folder, world.signal)
    const asked = { host: values.host, port, trustedProxies: values['trusted-proxy'] }
    const frame = { ...(origin === undefined ? {} : { origin }), ...(onion === undefined ? {} : { onion }) }
    await serveLetter(folder, { ...asked, frame, signal: world.signal }, (url) => {
      world.out.write(`The letter service is open at ${url}\n`)
      const started = { isPublic, trustedProxies: asked.trustedProxies, networks: values.networks }
      for (const remark of startRemarks({ ...started, takesMail: desk.takesMail })) world.err.write(`${remark}\n`)
    })
    return 0
  },
})

const simulatedLetters = (path: string): InputError =>
  new InputError(`Cannot serve folder "${path}" in public: its letters are simulated`, {
    code: 'folder.simulated',
    path: 'folder',
    expected: 'a folder with a real letter, or no --public',
  })
