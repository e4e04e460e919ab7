import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { EdgePlace } from '../../app/edge/serve-objects.ts'
import type { EdgesSettings } from '../../app/edge/follow-edges.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { splitEndpoint } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { TOKEN, TOKEN_FILE } from '../../runtime/objects/http-objects.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { World } from '../../runtime/world.ts'
import {
  optional,
  repeatable,
  under,
  withDefault,
  wholeNumber,
  type OptionReader,
  type OptionValues,
} from './option.ts'
import { filePath, loopbackPlace } from './shared-options.ts'

const logKey: OptionReader<string> = (text, { name }) => {
  try {
    parseVerifierKey(text, sha256)
    return text
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw wrongOption(name, `found "${printable(text)}"`, 'a line of the /log/keys of the edge: name+hash+base64')
  }
}

const TOKEN_OPTION = {
  'edge-token': optional(
    'FILE',
    `File with the token of the edge, 32 letters or more. Of a centre with several edges: a line "https://HOST:PORT TOKEN"
    for each.`,
    { read: filePath, byDefault: `the file that ${TOKEN_FILE} names` },
  ),
}

/** Options of what follows edges. */
export const EDGE_SOURCE_OPTIONS = {
  'edge-key': repeatable(
    'KEY',
    `Key of the log of an edge, as its /log/keys prints it. Without it: the key that the edge names itself the first
    time is kept, and printed.`,
    { read: logKey },
  ),
  every: withDefault('SECONDS', 'Seconds between checks of each edge.', '2', wholeNumber(1, 86_400)),
  ...TOKEN_OPTION,
}

/** Options of `kuager serve` about edges. */
export const EDGE_OPTIONS = under('Several servers of one observatory (docs/operating/edges.md)', {
  edge: repeatable('ADDRESS', 'Edge to be followed: s3://BUCKET/PREFIX, the path of a folder, or https://HOST:PORT.'),
  ...EDGE_SOURCE_OPTIONS,
  'edge-address': optional(
    'ADDRESS:PORT',
    `Be an edge: let a centre read archive and log at this address, with the token of --edge-token. An address that other
    machines reach needs --edge-cert.`,
    {
      read: (text, { name }) => {
        const place = splitEndpoint(text)
        if (place !== undefined) return { host: place.address, port: place.port, text }
        throw wrongOption(name, `found "${printable(text)}"`, 'an address and a port, such as 127.0.0.1:9430')
      },
    },
  ),
  'edge-cert': optional('FILE', 'Certificate of that address, in PEM, with those above it.', { read: filePath }),
  'edge-cert-key': optional('FILE', 'Private key of that certificate, in PEM.', { read: filePath }),
})

/** What is followed; each call of `stores` opens them. Throws InputError for an address that is none. */
export function edgesSettings(
  values: Pick<OptionValues<typeof EDGE_OPTIONS>, 'edge' | 'edge-key' | 'every' | 'edge-token'>,
  world: World,
): EdgesSettings {
  const env = { ...world.env, ...defined({ [TOKEN_FILE]: values['edge-token'] }) }
  if (new Set(values.edge).size < values.edge.length) throw wrongOption('edge', 'one is given twice', 'each edge once')
  const addresses = values.edge.map((one) => (/^\w+:\/\//.test(one) || isAbsolute(one) ? one : resolve(world.cwd, one)))
  const stores = (): readonly ObjectStore[] => addresses.map((address) => openObjects(address, env))
  for (const store of stores()) void store[Symbol.asyncDispose]() // opened once to refuse what is no address
  return { stores, keys: values['edge-key'], everyMs: 1000 * values.every }
}

/** Where an edge lets itself be read; undefined where it does not. Throws InputError where the token is missing or short. */
export function edgePlace(values: OptionValues<typeof EDGE_OPTIONS>, world: World): EdgePlace | undefined {
  const place = values['edge-address']
  if (place === undefined) return undefined
  const file = values['edge-token'] ?? world.env[TOKEN_FILE]
  const token = file === undefined ? '' : readFileSync(file, 'utf8').trim()
  if (!TOKEN.test(token))
    throw wrongOption(
      'edge-token',
      file === undefined ? 'it is missing' : 'the file holds no token',
      'a file with one word of 32 letters or more, such as "openssl rand -hex 32" prints',
    )
  const [cert, key] = [values['edge-cert'], values['edge-cert-key']]
  if ((cert === undefined) !== (key === undefined))
    throw wrongOption(
      cert === undefined ? 'edge-cert' : 'edge-cert-key',
      'it is missing',
      'certificate and key together',
    )
  const { host, port } = place
  if (cert === undefined || key === undefined) {
    loopbackPlace(place.text, { name: 'edge-address', world })
    return { host, port, token }
  }
  return { host, port, token, tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }
}
